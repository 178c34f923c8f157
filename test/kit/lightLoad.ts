import type { TemplateInput } from '@flakebench/contract'

/** A closed loop that leaves the processor alone: its operations wait in the database. For cases that run beside others, and are not about speed. */
export const LIGHT: TemplateInput = {
  operations: { pointLookup: { weight: 100, sql: 'SELECT order_id, pg_sleep(0.01) FROM {table} WHERE order_id = ?' } },
}
