import type { AuditEntry, AuditFilter } from '../../api/documents/settingsDocuments.ts'
import type { Look } from '../../ui/words/statuses.ts'

export const OUTCOME_LOOKS: Readonly<Record<AuditEntry['outcome'], Look>> = {
  DONE: { word: 'Done', icon: 'check', tone: 'good' },
  REFUSED: { word: 'Refused', icon: 'minus', tone: 'warn' },
  FAILED: { word: 'Failed', icon: 'cross', tone: 'bad' },
}

/** A mutation's name in words: "createApiToken" is "Create API token". */
export const actionWords = (action: string): string => {
  const words = action.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`.replaceAll(/\bapi\b/gi, 'API')
}

const NOBODY_IN_PARTICULAR = 'local'
const THIS_MACHINE = 'This machine'

const NAME_FIRST = /^\{"input":\{"name":("(?:[^"\\]|\\.)+")/
/** Statements are tried of a template as it is written, which may have no id yet: but it has a name. Long arguments are kept as text that was cut. */
const nameGiven = (detail: string | null): string | null => {
  try {
    const { arguments: args } = JSON.parse(detail ?? 'null') as {
      readonly arguments?: string | { readonly input?: { readonly name?: unknown } }
    }
    const name = typeof args === 'string' ? JSON.parse(NAME_FIRST.exec(args)?.[1] ?? 'null') : args?.input?.name
    return typeof name === 'string' && name !== '' ? name : null
  } catch {
    return null
  }
}

/** A line of the audit log: who, what, to what, in words. `subject` is null where the id says it. */
export const auditLook = ({ actor, action, outcome, detail }: Pick<AuditEntry, 'actor' | 'action' | 'outcome' | 'detail'>) => ({
  who: actor === NOBODY_IN_PARTICULAR ? THIS_MACHINE : actor,
  words: actionWords(action),
  look: OUTCOME_LOOKS[outcome],
  subject: action === 'tryStatement' ? nameGiven(detail) : null,
})

/** The detail as it is written, with a line for each setting; text that is no JSON, as it is. */
export const detailText = (detail: string | null): string => {
  if (detail === null) return 'Nothing more was kept.'
  try {
    return JSON.stringify(JSON.parse(detail), null, 2)
  } catch {
    return detail
  }
}

export const SINCE = [
  { key: 'hour', word: 'Last hour', ms: 3_600_000 },
  { key: 'day', word: 'Last 24 hours', ms: 86_400_000 },
  { key: 'week', word: 'Last 7 days', ms: 7 * 86_400_000 },
  { key: 'month', word: 'Last 30 days', ms: 30 * 86_400_000 },
] as const

/** What one looks for in the audit log; empty: anything. */
export interface AuditWish {
  readonly actor: string
  readonly action: string
  readonly subjectId: string
  readonly outcome: string
  readonly since: string
}
export const ANYTHING: AuditWish = { actor: '', action: '', subjectId: '', outcome: '', since: '' }

const actorAsked = (name: string): string => (name.toLowerCase() === THIS_MACHINE.toLowerCase() ? NOBODY_IN_PARTICULAR : name)

/** The filter that the server takes; null: none. */
export const auditFilter = ({ actor, action, subjectId, outcome, since }: AuditWish, nowMs: number): AuditFilter | null => {
  const span = SINCE.find(each => each.key === since)
  const filter: AuditFilter = {
    ...(actor.trim() === '' ? {} : { actor: actorAsked(actor.trim()) }),
    ...(action === '' ? {} : { action }),
    ...(subjectId.trim() === '' ? {} : { subjectId: subjectId.trim() }),
    ...(outcome === '' ? {} : { outcome: outcome as AuditEntry['outcome'] }),
    ...(span === undefined ? {} : { from: new Date(nowMs - span.ms).toISOString() }),
  }
  return Object.keys(filter).length === 0 ? null : filter
}

/** The mutations of the API, for the filter. */
export const AUDITED_ACTIONS = [
  'annotateRun',
  'changePassword',
  'createApiToken',
  'createConnection',
  'createTemplate',
  'createUser',
  'deleteConnection',
  'deleteRun',
  'deleteTemplate',
  'deleteUser',
  'duplicateTemplate',
  'enrichRun',
  'exportRun',
  'exportRuns',
  'importRun',
  'importTemplate',
  'loadExecutions',
  'preparePools',
  'prepareRun',
  'rerun',
  'restoreRun',
  'revokeApiToken',
  'setDefaultConnection',
  'setWorkerTarget',
  'signIn',
  'signOut',
  'startRun',
  'stopRun',
  'testConnection',
  'tryConnection',
  'tryStatement',
  'updateConnection',
  'updateTemplate',
  'updateUser',
] as const
