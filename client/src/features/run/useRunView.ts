import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { Percentile } from '../../ui/words/percentiles.ts'
import { readSlice, type Slice } from './figureRows.ts'
import { percentilesInUrl, readPercentiles, togglePercentile } from './percentiles.ts'

/** How the reader looks at a run; kept in the URL so that a link shows the same. */
export const useRunView = () => {
  const route = useRoute()
  const router = useRouter()
  const read = (key: string): string | null => (typeof route.query[key] === 'string' ? route.query[key] : null)
  const write = (key: string, value: string | null): void => {
    const { [key]: _, ...rest } = route.query
    void router.replace({ query: value === null ? rest : { ...rest, [key]: value } })
  }

  const percentiles = computed(() => readPercentiles(read('percentiles')))
  const isLog = computed(() => read('scale') === 'log')
  const side = computed(() => (read('side') === 'client' ? 'client' : 'errors'))
  const warehouse = computed(() => (read('warehouse') === 'setup' ? 'setup' : 'now'))
  const fleet = computed(() => (read('fleet') === 'timeline' ? 'timeline' : 'workers'))
  const openWorker = computed(() => read('worker'))
  const slice = computed(() => readSlice(read('by')))
  const isCurveLog = computed(() => read('curve') === 'log')
  const curveLabels = computed(() => (read('curves') ?? '').split('|').filter(label => label !== ''))

  return {
    percentiles,
    isLog,
    side,
    warehouse,
    fleet,
    openWorker,
    slice,
    isCurveLog,
    curveLabels,
    togglePercentile: (toggled: Percentile): void => write('percentiles', percentilesInUrl(togglePercentile(percentiles.value, toggled))),
    toggleLog: (): void => write('scale', isLog.value ? null : 'log'),
    chooseSide: (chosen: 'errors' | 'client'): void => write('side', chosen === 'errors' ? null : chosen),
    chooseWarehouse: (chosen: 'now' | 'setup'): void => write('warehouse', chosen === 'now' ? null : chosen),
    chooseFleet: (chosen: string): void => write('fleet', chosen === 'timeline' ? chosen : null),
    chooseSlice: (chosen: Slice): void => write('by', chosen === 'KIND' ? null : chosen.toLowerCase()),
    toggleCurveLog: (): void => write('curve', isCurveLog.value ? null : 'log'),
    toggleCurve: (label: string): void => {
      const labels = curveLabels.value.includes(label) ? curveLabels.value.filter(each => each !== label) : [...curveLabels.value, label]
      write('curves', labels.length === 0 ? null : labels.join('|'))
    },
    showWorker: (workerId: string): void => write('worker', workerId),
  }
}
