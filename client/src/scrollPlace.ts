/** For so long a page may take to become as it was. */
const HELD_MS = 5_000
/** Whoever does one of these wants to be elsewhere. */
const READER_ACTS = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const

interface Place {
  readonly left: number
  readonly top: number
}

let letGo: () => void = () => undefined

/**
 * Brings the page back to where it was, and keeps it there while its parts come in, as long as the reader leaves it so: what is read
 * only when it is near comes near by that. What scrolls by itself within a page, as the list of runs does, keeps its own place.
 */
export const holdScroll = ({ left, top }: Place): void => {
  letGo()
  const toPlace = (): void => scrollTo({ left, top, behavior: 'instant' })
  const resizes = new ResizeObserver(toPlace)
  const ending = setTimeout(() => letGo(), HELD_MS)
  letGo = () => {
    resizes.disconnect()
    clearTimeout(ending)
    for (const act of READER_ACTS) removeEventListener(act, letGo)
    letGo = () => undefined
  }
  for (const act of READER_ACTS) addEventListener(act, letGo, { passive: true })
  resizes.observe(document.body)
  toPlace()
}

export const releaseScroll = (): void => letGo()
