import type { Role } from '../api/documents/viewerDocuments.ts'
import type { MenuItem } from '../ui/parts/menuItem.ts'
import { useSession } from './session.ts'

/** A menu as the reader may use it: what their role does not allow cannot be chosen, and says why. */
export const asAllowed = (items: readonly MenuItem[], needs: (key: string) => Role): readonly MenuItem[] => {
  const { whyNot } = useSession()
  return items.map(item => {
    const reason = whyNot(needs(item.key))
    return reason === null ? item : { ...item, isDisabled: true, title: reason }
  })
}
