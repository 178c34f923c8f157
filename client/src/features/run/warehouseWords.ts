import type { RunWarehouse, WarehouseDetails, WarehousePoint } from '../../api/documents/warehouseFields.ts'
import type { ChartPoint } from '../../ui/charts/chartTypes.ts'
import type { Fact } from '../../ui/parts/fact.ts'
import { spanText } from '../../ui/words/durations.ts'
import { plainWord } from '../../ui/words/kinds.ts'
import { countText, NOT_MEASURED } from '../../ui/words/numbers.ts'
import type { Look } from '../../ui/words/statuses.ts'

/** As Snowflake writes it in SQL ("SNOWPARK-OPTIMIZED", "ECONOMY") in plain words. */
const plain = (name: string | null): string => (name === null ? NOT_MEASURED : plainWord(name))

/** How the state of a warehouse looks; one that is on its way somewhere has dots. */
export const warehouseLook = (state: string | null): Look => {
  if (state === null) return { word: 'not seen yet', icon: 'circle', tone: 'neutral' }
  const word = plainWord(state)
  if (state.toUpperCase() === 'STARTED') return { word, icon: 'check', tone: 'good' }
  if (state.toUpperCase() === 'SUSPENDED') return { word, icon: 'minus', tone: 'neutral' }
  return { word, icon: 'dots', tone: 'accent' }
}

type ClusterBounds = Pick<RunWarehouse, 'minClusters' | 'maxClusters'>

/** 1–4, or 2 where it cannot grow. */
const boundsText = ({ minClusters, maxClusters }: ClusterBounds): string | null => {
  if (minClusters === null || maxClusters === null) return null
  return minClusters === maxClusters ? countText(maxClusters) : `${countText(minClusters)}–${countText(maxClusters)}`
}

/** 2 of 1–4 */
const clustersText = (warehouse: ClusterBounds & Pick<RunWarehouse, 'startedClusters'>): string => {
  const bounds = boundsText(warehouse)
  if (warehouse.startedClusters === null) return bounds ?? NOT_MEASURED
  return bounds === null ? countText(warehouse.startedClusters) : `${countText(warehouse.startedClusters)} of ${bounds}`
}

/** What the warehouse does now, or did when it was last seen. */
export const warehouseFacts = (warehouse: RunWarehouse): readonly Fact[] => [
  { word: 'Size', text: warehouse.size ?? NOT_MEASURED },
  { word: 'Type', text: plain(warehouse.type) },
  { word: 'Scaling policy', text: plain(warehouse.scalingPolicy), title: 'When clusters are added and taken away' },
  { word: 'Clusters', text: clustersText(warehouse), title: 'Started, of the fewest and the most that it may have' },
  { word: 'Running', text: countText(warehouse.running), title: 'Statements under way, of everybody who uses the warehouse' },
  {
    word: 'Queued',
    text: countText(warehouse.queued),
    title: 'Statements that wait for the warehouse',
    tone: (warehouse.queued ?? 0) > 0 ? 'warn' : undefined,
  },
]

const yesNo = (value: boolean | null): string => (value === null ? NOT_MEASURED : value ? 'on' : 'off')

const accelerationText = ({ queryAcceleration, queryAccelerationMaxScaleFactor }: WarehouseDetails): string =>
  queryAcceleration && queryAccelerationMaxScaleFactor !== null
    ? `on, at most × ${countText(queryAccelerationMaxScaleFactor)}`
    : yesNo(queryAcceleration)

/** How the warehouse was set up when the run began. */
export const setupFacts = (config: WarehouseDetails): readonly Fact[] => [
  { word: 'Size', text: config.size ?? NOT_MEASURED },
  { word: 'Type', text: plain(config.type) },
  { word: 'Scaling policy', text: plain(config.scalingPolicy) },
  { word: 'Clusters', text: clustersText(config), title: 'Started, of the fewest and the most that it may have' },
  { word: 'State', text: plainWord(config.state) },
  { word: 'Suspends after', text: config.autoSuspendSeconds === null ? 'never' : spanText(config.autoSuspendSeconds) },
  { word: 'Resumes by itself', text: yesNo(config.autoResume) },
  { word: 'Acceleration', text: accelerationText(config), title: 'Query acceleration' },
  { word: 'Resource constraint', text: config.resourceConstraint === null ? 'none' : plain(config.resourceConstraint) },
  { word: 'Generation', text: config.generation ?? NOT_MEASURED },
]

/** A stepped line is drawn as far as the gap's own point: it ends where the last look is. */
const AT_ONCE_SECONDS = 0.001

/** Of the looks at a warehouse so many in a row may be missing before the line breaks. */
const LOOKS_OF_A_GAP = 2.5

const usualSpacingSeconds = (looks: readonly WarehousePoint[]): number => {
  const spacings = looks
    .map((look, at) => look.elapsedSeconds - (looks[at - 1]?.elapsedSeconds ?? look.elapsedSeconds))
    .slice(1)
    .sort((a, b) => a - b)
  return spacings[Math.floor(spacings.length / 2)] ?? Number.POSITIVE_INFINITY
}

/** One figure over time; where looks are missing the line breaks. Of the time before the start only the last look is drawn. */
export const lookPoints = (looks: readonly WarehousePoint[], value: (look: WarehousePoint) => number | null): readonly ChartPoint[] => {
  const gapSeconds = usualSpacingSeconds(looks) * LOOKS_OF_A_GAP
  const first = Math.max(
    0,
    looks.findLastIndex(look => look.elapsedSeconds <= 0),
  )
  return looks.slice(first).flatMap((look, at, drawn) => {
    const before = drawn[at - 1]
    const here: ChartPoint = [Math.max(0, look.elapsedSeconds), value(look)]
    const isAfterGap = before !== undefined && look.elapsedSeconds - before.elapsedSeconds > gapSeconds
    return isAfterGap ? [[Math.max(0, before.elapsedSeconds) + AT_ONCE_SECONDS, null] as const, here] : [here]
  })
}
