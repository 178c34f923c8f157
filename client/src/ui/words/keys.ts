const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** As it is written on this machine's keys. */
export const PALETTE_KEYS = isMac ? '⌘K' : 'Ctrl K'

/** ⌘K on a Mac, where Ctrl-K cuts a line; Ctrl-K elsewhere. */
export const isPaletteKey = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean =>
  key.toLowerCase() === 'k' && !altKey && !shiftKey && (isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey)
