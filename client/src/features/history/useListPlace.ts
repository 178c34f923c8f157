import { onBeforeUnmount } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { type ListPlace, placeIn, withPlace } from './listPlace.ts'

const positionOf = (state: unknown): unknown => (state as { readonly position?: unknown } | null)?.position

/**
 * The place in the list, kept with its entry of the browser's history: who comes back by it finds the list as they left it, who comes anew begins at the top.
 * @returns the place that was left; null: one comes anew
 */
export const useListPlace = (placeNow: () => ListPlace | null): ListPlace | null => {
  const position = positionOf(window.history.state)
  const keep = (): void => {
    const { state } = window.history
    // On the way back or forth the entry is another one already.
    if (positionOf(state) === position) window.history.replaceState(withPlace(state, placeNow(), window.location.search), '')
  }
  onBeforeRouteLeave(keep)
  window.addEventListener('pagehide', keep)
  onBeforeUnmount(() => window.removeEventListener('pagehide', keep))
  return placeIn(window.history.state, window.location.search)
}
