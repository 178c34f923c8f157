import type { SavedConnection } from '../../api/documents/connectionDocuments.ts'
import type { MenuItem } from '../../ui/parts/menuItem.ts'
import { TYPE_WORDS } from './connectionWords.ts'

const usedBy = (count: number): string | null => {
  if (count === 0) return null
  return count === 1
    ? 'One template uses it: give that another connection first'
    : `${count} templates use it: give them another connection first`
}

/** What can be done with a saved connection. `whyNot`: why the reader may not, null where they may. */
export const connectionMenu = ({ type, isDefault, templateCount }: SavedConnection, whyNot: string | null): readonly MenuItem[] => {
  const item = (key: string, word: string, icon: NonNullable<MenuItem['icon']>, reason: string | null): MenuItem => ({
    key,
    word,
    icon,
    ...(reason === null ? {} : { isDisabled: true, title: reason }),
  })
  return [
    item('edit-connection', 'Edit…', 'pencil', whyNot),
    item('default-connection', `Make it the default for ${TYPE_WORDS[type]}`, 'star', whyNot ?? (isDefault ? 'It is the default' : null)),
    { ...item('delete-connection', 'Delete…', 'trash', whyNot ?? usedBy(templateCount)), isDivided: true, isDangerous: true },
  ]
}
