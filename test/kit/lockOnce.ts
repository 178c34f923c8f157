import { lockHome } from '../../server/src/embedded/homeLock.ts'

/**
 * A process that locks a home, says so in one line of JSON, and lives on until it is killed; ends at once where it is refused.
 * Usage: node --import tsx lockOnce.ts <home>
 */
try {
  await lockHome(process.argv[2] ?? '')
  console.log(JSON.stringify({ outcome: 'locked', pid: process.pid }))
  setInterval(() => undefined, 60_000)
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
}
