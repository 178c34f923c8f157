import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { lockHome } from '../../server/src/embedded/homeLock.ts'
import { type EmbeddedHome, killHard, makeEmbeddedHome } from '../kit/embeddedHome.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let home: EmbeddedHome
beforeEach(() => {
  home = makeEmbeddedHome()
})
afterEach(() => home.close())

describe('the lock of a home', () => {
  it('goes to exactly one of six processes that start at once, and the others name its pid', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => home.ask('lockOnce.ts', [])))
    const winners = answers.filter(answer => answer.outcome === 'locked')
    const errors = answers.flatMap(answer => answer.error ?? [])
    expect(winners).toHaveLength(1)
    expect(errors).toHaveLength(5)
    for (const error of errors) expect(error).toContain(`FlakeBench already runs on ${home.path} (process ${winners[0]?.pid})`)
  })

  it('goes to exactly one of twenty claims of one process', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockHome(home.path)))
    const locks = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(locks).toHaveLength(1)
    await locks[0]?.unlock()
    expect(readdirSync(join(home.path, 'locks', 'home'))).toEqual([])
  })

  it('is free again after it was given back', async () => {
    const first = await lockHome(home.path)
    await expect(lockHome(home.path)).rejects.toMatchObject({ reason: 'HOME_IN_USE' })
    await first.unlock()
    await (await lockHome(home.path)).unlock()
  })

  it('is taken over from a process that was killed', async () => {
    const { child, outcome } = await home.ask('lockOnce.ts', [])
    expect(outcome).toBe('locked')
    await expect(lockHome(home.path)).rejects.toThrow(`(process ${child.pid})`)
    await killHard(child.pid ?? 0)
    await (await lockHome(home.path)).unlock()
  })

  it('is taken over when the pid of the killed process names another one by now', async () => {
    const directory = join(home.path, 'locks', 'home')
    mkdirSync(directory, { recursive: true })
    for (const suffix of ['wants', 'holds']) writeFileSync(join(directory, `${process.ppid}~1~0123456789ab.${suffix}`), '')
    await (await lockHome(home.path)).unlock()
    expect(readdirSync(directory)).toEqual([])
  })
})
