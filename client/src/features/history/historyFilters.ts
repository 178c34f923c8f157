import type { RunListFilter } from '../../api/documents/runListDocuments.ts'
import type { RunStatus } from '../../ui/words/statuses.ts'

/** The chips above the list and the statuses that each stands for; none means all of them. */
export const STATUS_CHOICES: readonly { readonly key: string; readonly word: string; readonly statuses: readonly RunStatus[] }[] = [
  { key: 'all', word: 'All', statuses: [] },
  { key: 'active', word: 'Active', statuses: ['STARTING', 'RUNNING', 'STOPPING', 'CANCELLING'] },
  { key: 'ready', word: 'Ready', statuses: ['PREPARED'] },
  { key: 'completed', word: 'Completed', statuses: ['COMPLETED'] },
  { key: 'failed', word: 'Failed', statuses: ['FAILED'] },
  { key: 'cancelled', word: 'Cancelled', statuses: ['CANCELLED'] },
]

export const ACTIVE_STATUSES = STATUS_CHOICES.find(choice => choice.key === 'active')?.statuses ?? []

export const listFilter = (choiceKey: string, search: string): RunListFilter => {
  const statuses = STATUS_CHOICES.find(choice => choice.key === choiceKey)?.statuses ?? []
  return { ...(statuses.length > 0 ? { status: [...statuses] } : {}), ...(search === '' ? {} : { search }) }
}
