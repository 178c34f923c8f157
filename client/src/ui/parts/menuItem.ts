import type { IconName } from './iconPaths.ts'

/** One line of a menu. `opens`: more to choose from; `isBack`: back from there. */
export interface MenuItem {
  readonly key: string
  readonly testId?: string
  readonly word: string
  readonly icon?: IconName
  readonly title?: string
  readonly isDivided?: boolean
  readonly isDangerous?: boolean
  /** It cannot be chosen; `title` says why. */
  readonly isDisabled?: boolean
  readonly opens?: boolean
  readonly isBack?: boolean
}
