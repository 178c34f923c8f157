import type { RunRow } from '../../api/documents/runListDocuments.ts'
import type { Role } from '../../api/documents/viewerDocuments.ts'
import { EXPORT_CHOICES } from '../../api/exportChoices.ts'
import type { MenuItem } from '../../ui/parts/menuItem.ts'
import { isActiveRow, isOverRow } from './rowFacts.ts'

/** What can be done to a run from its row. */
export const rowMenu = (run: RunRow): readonly MenuItem[] => {
  const isOver = isOverRow(run)
  const items: readonly (MenuItem | null)[] = [
    { key: 'open', word: 'Open', icon: 'right' },
    isOver ? { key: 'executions', word: 'Executions', icon: 'list' } : null,
    { key: 'same', word: 'Runs of the same configuration', icon: 'search' },
    isOver ? { key: 'exact', word: 'Rerun exactly, seed and all', icon: 'again', isDivided: true } : null,
    isOver && run.templateId !== null ? { key: 'latest', word: 'Rerun with the template as it is now', icon: 'templates' } : null,
    { key: 'annotate', word: 'Tags and note…', icon: 'tag', isDivided: true },
    isOver ? { key: 'pin', word: run.isBaseline ? 'Unpin as baseline' : 'Pin as baseline', icon: 'pin' } : null,
    isOver ? { key: 'export', word: 'Export', icon: 'download', opens: true } : null,
    run.deletedAt !== null ? { key: 'restore', word: 'Restore', icon: 'again', isDivided: true } : null,
    run.deletedAt === null && !isActiveRow(run)
      ? { key: 'delete', word: 'Delete…', icon: 'trash', isDivided: true, isDangerous: true }
      : null,
  ]
  return items.filter(item => item !== null)
}

const OPERATOR_ITEMS: readonly string[] = ['exact', 'latest', 'annotate', 'pin', 'restore', 'delete']

export const roleOfItem = (key: string): Role => (OPERATOR_ITEMS.includes(key) ? 'OPERATOR' : 'VIEWER')

export const exportMenu: readonly MenuItem[] = [
  { key: 'back', word: 'Export as', icon: 'right', isBack: true },
  ...EXPORT_CHOICES.map(({ key, word, title, isDivided }): MenuItem => ({ key, word, title, isDivided })),
]
