import { sectionOf } from './editorSections.ts'

const FOCUSABLE = 'input, select, textarea, button, [contenteditable="true"]'

/** Leads to the field of a path; where there is none, to the section that it belongs to. */
export const useGoToField =
  () =>
  (path: string | null): void => {
    if (path === null) return
    const name = CSS.escape(path)
    // An SQL editor is a tree of its own, which passes the focus on to its text.
    const field = document.querySelector<HTMLElement>(`[data-testid="field-${name}"], [data-path="${name}"]`)
    const section = sectionOf(path)
    const place = field ?? (section === undefined ? null : document.getElementById(section.id))
    if (place === null) return
    const folded = place.closest('details')
    if (folded !== null) folded.open = true
    const target = place.matches(FOCUSABLE) ? place : place === field ? (place.querySelector<HTMLElement>(FOCUSABLE) ?? place) : place
    target.focus({ preventScroll: true })
    place.scrollIntoView({ block: field === null ? 'start' : 'center' })
  }
