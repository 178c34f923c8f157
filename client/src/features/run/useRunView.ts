import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

export const PERCENTILES = ['p50', 'p95', 'p99', 'max'] as const
export type Percentile = (typeof PERCENTILES)[number]

/** The maximum is one click away: on a linear axis it would press the percentiles flat. */
const SHOWN_AT_FIRST: readonly Percentile[] = ['p50', 'p95', 'p99']

/** How the reader looks at a run; kept in the URL so that a link shows the same. */
export const useRunView = () => {
  const route = useRoute()
  const router = useRouter()
  const read = (key: string): string | null => (typeof route.query[key] === 'string' ? route.query[key] : null)
  const write = (key: string, value: string | null): void => {
    const { [key]: _, ...rest } = route.query
    void router.replace({ query: value === null ? rest : { ...rest, [key]: value } })
  }

  const percentiles = computed<readonly Percentile[]>(() => {
    const named = read('percentiles')?.split(' ')
    return named === undefined ? SHOWN_AT_FIRST : PERCENTILES.filter(each => named.includes(each))
  })
  const isLog = computed(() => read('scale') === 'log')
  const side = computed(() => (read('side') === 'client' ? 'client' : 'errors'))
  const openWorker = computed(() => read('worker'))

  return {
    percentiles,
    isLog,
    side,
    openWorker,
    togglePercentile: (percentile: Percentile): void => {
      const next = PERCENTILES.filter(each => (each === percentile) !== percentiles.value.includes(each))
      write('percentiles', next.join() === SHOWN_AT_FIRST.join() ? null : next.join(' '))
    },
    toggleLog: (): void => write('scale', isLog.value ? null : 'log'),
    chooseSide: (chosen: 'errors' | 'client'): void => write('side', chosen === 'errors' ? null : chosen),
    showWorker: (workerId: string): void => write('worker', workerId),
  }
}
