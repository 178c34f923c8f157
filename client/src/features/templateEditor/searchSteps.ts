import type { TemplateDraft } from '../../stores/newDraft.ts'

/** One step of a search as it is drawn: how many connections it holds. */
export interface SearchStep {
  readonly connections: number
  readonly kind: 'HELD' | 'TOO_MUCH' | 'NARROWED'
}

/** Of a search that ends after its fourth step on the way up. */
const CLIMB_STEPS = 5
const NARROW_STEPS = 3

/** What a search narrows down to: as set, else a fifth of the increment. */
export const resolutionOf = ({
  resolution,
  connectionsIncrement,
}: Pick<TemplateDraft['load']['findMax'], 'resolution' | 'connectionsIncrement'>): number =>
  resolution ?? Math.max(1, Math.floor((connectionsIncrement ?? 10) / 5))

/** An example of the steps: up by the increment until one is too much, then between the last that held and that one. Empty: the figures allow none. */
export const exampleSteps = (findMax: TemplateDraft['load']['findMax']): readonly SearchStep[] => {
  const { startConnections, connectionsIncrement } = findMax
  if (startConnections === null || connectionsIncrement === null || startConnections < 1 || connectionsIncrement < 1) return []
  const climb = Array.from(
    { length: CLIMB_STEPS },
    (_, step): SearchStep => ({
      connections: startConnections + step * connectionsIncrement,
      kind: step === CLIMB_STEPS - 1 ? 'TOO_MUCH' : 'HELD',
    }),
  )
  let [held, over] = [climb.at(-2)?.connections ?? 0, climb.at(-1)?.connections ?? 0]
  const narrowed: SearchStep[] = []
  const resolution = Math.max(1, resolutionOf(findMax))
  while (over - held > resolution && narrowed.length < NARROW_STEPS) {
    const connections = Math.floor((held + over) / 2)
    const isTooMuch = narrowed.length === 0
    narrowed.push({ connections, kind: isTooMuch ? 'TOO_MUCH' : 'NARROWED' })
    if (isTooMuch) over = connections
    else held = connections
  }
  return [...climb, ...narrowed]
}
