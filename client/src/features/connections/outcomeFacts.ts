import type { ConnectionTest } from '../../api/documents/connectionDocuments.ts'
import type { Fact } from '../../ui/parts/fact.ts'
import { countText } from '../../ui/words/numbers.ts'

type Capabilities = NonNullable<ConnectionTest['postgres']>

/** What a PostgreSQL can do for a benchmark, in a few words each. */
export const capabilityFacts = ({
  hasStatementStatistics,
  tracksIoTiming,
  maxConnections,
  connectionsInUse,
  isSuperuser,
  isReadOnly,
}: Capabilities): readonly Fact[] => [
  {
    word: 'Connections',
    text:
      connectionsInUse === null
        ? `at most ${countText(maxConnections)}`
        : `${countText(connectionsInUse)} of ${countText(maxConnections)} open`,
    title: 'Open now, as far as the role may see, of max_connections',
  },
  {
    word: 'Statistics',
    text: hasStatementStatistics ? 'Yes' : 'No',
    title: hasStatementStatistics ? 'pg_stat_statements can be read' : 'pg_stat_statements cannot be read',
  },
  { word: 'I/O timing', text: tracksIoTiming ? 'On' : 'Off', title: 'track_io_timing' },
  {
    word: 'Role',
    text: `${isSuperuser ? 'Superuser' : 'Ordinary'}${isReadOnly ? ', read-only' : ''}`,
    title: isReadOnly ? 'Writes are refused here: only benchmarks that read can run' : 'Reads and writes as it is granted',
    tone: isReadOnly ? 'warn' : undefined,
  },
]
