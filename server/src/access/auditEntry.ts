import type { AuditEntry } from '@flakebench/store'
import { Refusal } from '../refusal.ts'
import type { Actor } from './actor.ts'
import { auditDetail } from './auditDetail.ts'

/** A mutation that is over. */
export interface Audited {
  readonly action: string
  readonly args: Readonly<Record<string, unknown>>
  readonly actor: Actor
  /** Of their machine. */
  readonly address: string
  readonly result: unknown
  /** Null: it was done. */
  readonly error: unknown
}

const SUBJECTS = ['id', 'runId', 'templateId'] as const

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const idOf = (result: unknown): string | null => {
  const { id, userId, token } = (result ?? {}) as { id?: unknown; userId?: unknown; token?: { id?: unknown } | null }
  return textOf(result) ?? textOf(id) ?? textOf(userId) ?? textOf(token?.id)
}

/** How it stands in the audit log. */
export const auditEntryOf = ({ action, args, actor, address, result, error }: Audited): AuditEntry => {
  const subject = SUBJECTS.map(name => textOf(args[name])).find(id => id !== null)
  const viewer = (action === 'signIn' ? result : null) as { name?: unknown; userId?: unknown } | null
  return {
    actor: textOf(viewer?.name) ?? actor.name,
    action,
    subjectId: subject ?? idOf(result),
    outcome: error === null ? 'DONE' : error instanceof Refusal ? 'REFUSED' : 'FAILED',
    detail: {
      ...auditDetail(args, error instanceof Refusal ? error.code : null),
      by: { userId: textOf(viewer?.userId) ?? actor.userId, tokenId: actor.tokenId, address },
    },
  }
}
