import type { IconName } from './iconPaths.ts'

/** One line of a menu. `opens`: more to choose from; `isBack`: back from there. */
export interface MenuItem {
  readonly key: string
  readonly word: string
  readonly icon?: IconName
  readonly title?: string
  readonly isDivided?: boolean
  readonly isDangerous?: boolean
  readonly opens?: boolean
  readonly isBack?: boolean
}
