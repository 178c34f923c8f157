import { ControlDatabaseUnavailable, countActiveRuns, initPostgres, openControlDatabase } from '@flakebench/store'
import { afterAll, expect, it } from 'vitest'
import { ensureCluster } from '../../server/src/embedded/ensureCluster.ts'
import { makeEmbeddedHome } from '../kit/embeddedHome.ts'

const home = makeEmbeddedHome()
afterAll(() => home.close())

it('a PostgreSQL that is stopped is unavailable at once, and answers the same client when it is back', async () => {
  const start = () => ensureCluster({ home: home.path, name: 'control', graceSeconds: 1 })
  const cluster = await start()
  const url = cluster.url('postgres')
  await initPostgres(url)
  const db = openControlDatabase({ url })
  try {
    expect(await countActiveRuns(db)).toBe(0)
    await cluster.stop()
    const failure = await countActiveRuns(db).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ControlDatabaseUnavailable)
    expect(failure).toMatchObject({ isSlow: false })
    const again = await start()
    expect(again.url('postgres')).toBe(url)
    expect(await countActiveRuns(db)).toBe(0)
    await again.stop()
  } finally {
    await db.close()
  }
})
