import { ensureCluster } from '../../server/src/embedded/ensureCluster.ts'

/**
 * A process that ensures a cluster, says so in one line of JSON, and then ends (`leave`), or lives on until it is killed (`hold`).
 * Usage: node --import tsx ensureOnce.ts <home> <name> <graceSeconds> leave|hold
 */
const [home = '', name = '', graceSeconds = '', afterwards = 'leave'] = process.argv.slice(2)

try {
  const cluster = await ensureCluster({ home, name, graceSeconds: Number(graceSeconds) })
  const { outcome, pid, port, password } = cluster
  console.log(JSON.stringify({ outcome, pid, port, password }))
  if (afterwards === 'hold') setInterval(() => undefined, 60_000)
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
  process.exitCode = 1
}
