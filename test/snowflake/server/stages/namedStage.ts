import type { Service } from '../execution/service.ts'
import type { Session } from '../sessions/session.ts'
import { postgresSchema, SnowflakeError, swapCase } from '../sql/translation.ts'

const IS_THERE = 'SELECT 1 FROM flakebench_wire.stages WHERE schema_name = $1 AND stage_name = $2'

/**
 * A stage by its whole name, whatever of it was written. The stages of users (`~`) and of tables (`%t`) are always there.
 *
 * @throws SnowflakeError there is no such stage
 */
export const namedStage = async ({ admin }: Service, { database, schema }: Session, written: string): Promise<string> => {
  const parts = written.split('.')
  const name = parts.at(-1) ?? ''
  const whole = [parts.at(-3) ?? database ?? '', parts.at(-2) ?? schema ?? '', name] as const
  if (!name.startsWith('~') && !name.startsWith('%')) {
    const { rowCount } = await admin.query(IS_THERE, [postgresSchema(whole[0], whole[1]), swapCase(name)])
    if (rowCount === 0)
      throw new SnowflakeError('002003', '02000', `SQL compilation error:\nStage '${whole.join('.')}' does not exist or not authorized.`)
  }
  return whole.join('.')
}
