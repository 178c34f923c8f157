import { expect, it } from 'vitest'
import type { EngineConnection } from '../../worker/src/engines/engine.ts'
import { SignInHeld } from '../../worker/src/engines/signInGuard.ts'
import { tellReconnects } from '../../worker/src/load/tellReconnects.ts'

const REFUSED = new Error('too many clients')
const OPENED = {} as EngineConnection

/** What is told when tries end one after the other as said. */
const toldOf = async (...outcomes: readonly (Error | null)[]): Promise<string[]> => {
  const told: string[] = []
  const ends = [...outcomes]
  const open = tellReconnects(
    async () => {
      const end = ends.shift() ?? null
      if (end !== null) throw end
      return OPENED
    },
    error => `no room (${(error as Error).message})`,
    (level, source, message) => told.push(`${level} ${source}: ${message}`),
  )
  for (const outcome of outcomes) {
    if (outcome === null) expect(await open()).toBe(OPENED)
    else await expect(open()).rejects.toBe(outcome)
  }
  return told
}

it('tells that connections are refused once, however often, and that they are opened again', async () => {
  expect(await toldOf(null, REFUSED, REFUSED, REFUSED, null, null)).toEqual([
    'WARN load: A connection could not be opened, and is tried again: no room (too many clients)',
    'INFO load: Connections are opened again',
  ])
})

it('does not tell of a sign-in that was not even tried', async () => {
  expect(await toldOf(new SignInHeld(1_000, REFUSED), null)).toEqual([])
})
