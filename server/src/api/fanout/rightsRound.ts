import type { ControlPace } from '@flakebench/contract'

export type RightsPace = Pick<ControlPace, 'askRightsMs' | 'lookForChangesIdleMs'>

export interface RightsView {
  /** Since it was asked last. */
  readonly sinceMs: number
  /** Whether anything was told to anybody since then. */
  readonly isTold: boolean
}

/**
 * Whether it is time to ask if those who follow something still may. While nothing is told, nobody learns what they should not, and on Snowflake each
 * question wakes a warehouse that is paid for: then it is asked as seldom as anything is.
 */
export const isRoundDue = ({ sinceMs, isTold }: RightsView, { askRightsMs, lookForChangesIdleMs }: RightsPace): boolean =>
  sinceMs >= (isTold ? askRightsMs : Math.max(askRightsMs, lookForChangesIdleMs))
