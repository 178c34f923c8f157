import { type Directive, type WatchHandle, watchEffect } from 'vue'
import type { Role } from '../api/documents/viewerDocuments.ts'
import { useSession } from './session.ts'

const refused = new WeakMap<HTMLElement, string>()
const watching = new WeakMap<HTMLElement, WatchHandle>()

const stopClick = (event: Event): void => {
  if (!refused.has(event.currentTarget as HTMLElement)) return
  event.preventDefault()
  event.stopImmediatePropagation()
}
const show = (element: HTMLElement): void => {
  const reason = refused.get(element)
  if (reason === undefined) return
  element.setAttribute('aria-disabled', 'true')
  element.title = reason
}

/**
 * `v-needs="'OPERATOR'"` on a button or link: who may not do it sees it greyed, can still reach it by keyboard, and is told why by its
 * tooltip, which is also what a screen reader says. It does nothing then.
 */
export const vNeeds: Directive<HTMLElement, Role> = {
  mounted: (element, { value }) => {
    const session = useSession()
    const title = element.getAttribute('title')
    element.addEventListener('click', stopClick, true)
    watching.set(
      element,
      watchEffect(() => {
        const reason = session.whyNot(value)
        if (reason !== null) refused.set(element, reason)
        else if (refused.delete(element)) {
          element.removeAttribute('aria-disabled')
          if (title === null) element.removeAttribute('title')
          else element.title = title
        }
        show(element)
      }),
    )
  },
  updated: element => show(element),
  beforeUnmount: element => watching.get(element)?.(),
}
