import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { LogLevel } from '../../api/documents/logDocuments.ts'
import { levelsInUrl, readLevels, readSources, toggleLevel, toggleSource } from './logLines.ts'
import type { LogFilter } from './useRunLogs.ts'

/** Which lines of the log the reader wants; kept in the URL so that a link shows the same. */
export const useLogView = () => {
  const route = useRoute()
  const router = useRouter()
  const read = (key: string): string | null => (typeof route.query[key] === 'string' ? route.query[key] : null)
  const write = (key: string, value: string | null): void => {
    const { [key]: _, ...rest } = route.query
    void router.replace({ query: value === null ? rest : { ...rest, [key]: value } })
  }
  const filter = computed<LogFilter>(() => ({ levels: readLevels(read('levels')), sources: readSources(read('sources')) }))

  return {
    filter,
    toggleLevel: (level: LogLevel): void => write('levels', levelsInUrl(toggleLevel(filter.value.levels, level))),
    toggleSource: (known: readonly string[], source: string): void =>
      write('sources', toggleSource(known, filter.value.sources, source)?.join(',') ?? null),
  }
}
