import type { RunDetail } from '../../api/documents/runDocuments.ts'
import type { MenuItem } from '../../ui/parts/menuItem.ts'

/** What can be done with a run beside the one action that is first; `isOver`: nothing of it changes any more. */
export const runMenu = ({ isBaseline, deletedAt }: Pick<RunDetail, 'isBaseline' | 'deletedAt'>, isOver: boolean): readonly MenuItem[] => [
  { key: 'annotate', testId: 'annotate-run', word: 'Tags and note…', icon: 'tag' },
  ...(isOver ? ofOver(isBaseline, deletedAt !== null) : []),
]

const ofOver = (isBaseline: boolean, isDeleted: boolean): readonly MenuItem[] => [
  { key: 'pin', testId: 'pin-run', word: isBaseline ? 'Unpin as baseline' : 'Pin as baseline', icon: 'pin' },
  { key: 'exact', testId: 'rerun-exact', word: 'Rerun exactly, seed and all', icon: 'again', isDivided: true },
  { key: 'latest', testId: 'rerun-latest', word: 'Rerun with the template as it is now', icon: 'templates' },
  isDeleted
    ? { key: 'restore', testId: 'restore-run', word: 'Restore', icon: 'again', isDivided: true }
    : { key: 'delete', testId: 'delete-run', word: 'Delete…', icon: 'trash', isDivided: true, isDangerous: true },
]
