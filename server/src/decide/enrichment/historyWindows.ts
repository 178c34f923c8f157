/** A stretch of time, milliseconds. */
export interface Window {
  readonly fromMs: number
  readonly toMs: number
}

/** What ended in one slot of time, and how much of it has its match. */
export interface Slot {
  readonly atMs: number
  readonly executions: number
  readonly matched: number
}

export interface WindowRules {
  /** Length of a slot. */
  readonly slotMs: number
  /** Executions that a window should have at most: others use the server, too, so below its limit. */
  readonly most: number
  /** By how much the server's moments may differ from ours, to either side. */
  readonly marginMs: number
}

/**
 * The windows in which what is not matched yet should be found, in order: none overlaps another, none has many more executions than it should, and every
 * slot with something unmatched is covered with its margins.
 */
export const decideWindows = (slots: readonly Slot[], rules: WindowRules): Window[] =>
  stretchesOf(slots, rules).flatMap(stretch => windowsOf(stretch, slots, rules))

/** What has to be covered: neighbours with their margins as one. */
const stretchesOf = (slots: readonly Slot[], { slotMs, marginMs }: WindowRules): Window[] => {
  const stretches: Window[] = []
  for (const { atMs, executions, matched } of slots) {
    if (matched >= executions) continue
    const fromMs = atMs - marginMs
    const toMs = atMs + slotMs + marginMs
    const last = stretches.at(-1)
    if (last !== undefined && fromMs <= last.toMs) stretches.splice(-1, 1, { fromMs: last.fromMs, toMs })
    else stretches.push({ fromMs, toMs })
  }
  return stretches
}

/** A stretch in parts between the edges of slots: large ones are cut evenly, small ones joined. */
const windowsOf = (stretch: Window, slots: readonly Slot[], { slotMs, most }: WindowRules): Window[] => {
  const windows: Window[] = []
  let lastCount = Number.POSITIVE_INFINITY
  const add = (window: Window, count: number): void => {
    const last = windows.at(-1)
    if (last !== undefined && lastCount + count <= most) {
      windows.splice(-1, 1, { fromMs: last.fromMs, toMs: window.toMs })
      lastCount += count
    } else {
      windows.push(window)
      lastCount = count
    }
  }
  for (const part of partsOf(stretch, slotMs)) {
    const lengthMs = part.toMs - part.fromMs
    const slot = slots.find(({ atMs }) => atMs <= part.fromMs && part.fromMs < atMs + slotMs)
    const count = ((slot?.executions ?? 0) * lengthMs) / slotMs
    const pieces = Math.max(1, Math.ceil(count / most))
    const edge = (i: number): number => (i === pieces ? part.toMs : part.fromMs + (i * lengthMs) / pieces)
    for (let i = 0; i < pieces; i++) add({ fromMs: edge(i), toMs: edge(i + 1) }, count / pieces)
  }
  return windows
}

const partsOf = ({ fromMs, toMs }: Window, slotMs: number): Window[] => {
  const parts: Window[] = []
  for (let atMs = fromMs; atMs < toMs; ) {
    const nextMs = Math.min(toMs, (Math.floor(atMs / slotMs) + 1) * slotMs)
    parts.push({ fromMs: atMs, toMs: nextMs })
    atMs = nextMs
  }
  return parts
}

/** What of windows is not before a moment: of what is older the server tells nothing, not even of the rest of a window. */
export const clipWindows = (windows: readonly Window[], earliestMs: number): Window[] =>
  windows.flatMap(({ fromMs, toMs }) => (toMs <= earliestMs ? [] : [{ fromMs: Math.max(fromMs, earliestMs), toMs }]))

/** Shorter windows than this are not asked for: what is cut off there stays unmatched. */
export const SHORTEST_WINDOW_MS = 2

/** What to ask for instead of a window that had more than is given; none: it cannot be made smaller. */
export const halveWindow = ({ fromMs, toMs }: Window): Window[] => {
  if (toMs - fromMs <= SHORTEST_WINDOW_MS) return []
  const middleMs = Math.round((fromMs + toMs) / 2)
  return [
    { fromMs, toMs: middleMs },
    { fromMs: middleMs, toMs },
  ]
}
