import { orchestratorIdOf } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { reachableOwner } from '../../worker/src/control/reachableOwner.ts'

const LOCAL = 'http://127.0.0.1:4000'
const FAR = 'http://bench-2.example:4000'

describe('where a worker pushes to', () => {
  it('is not the machine whose name begins as the owner’s does, unless that was cut', () => {
    const control = (host: string) => ({ orchestratorId: orchestratorIdOf(host, '0a1b'), orchestratorUrl: LOCAL })
    expect(reachableOwner(control('bench-1'), 'bench-10')).toBeNull()
    const long = 'bench-1.of-the-third-floor.example'
    expect(reachableOwner(control(long), long)).toBe(LOCAL)
    expect(reachableOwner(control(long), long.slice(0, 26))).toBeNull()
  })

  it.each([
    [{ orchestratorId: 'bench-1 0a1b', orchestratorUrl: LOCAL }, LOCAL],
    [{ orchestratorId: 'bench-2 0a1b', orchestratorUrl: LOCAL }, null],
    [{ orchestratorId: 'bench-2 0a1b', orchestratorUrl: 'http://localhost:4000' }, null],
    [{ orchestratorId: 'bench-2 0a1b', orchestratorUrl: FAR }, FAR],
    [{ orchestratorId: 'bench-2 0a1b', orchestratorUrl: null }, null],
    [{ orchestratorId: null, orchestratorUrl: LOCAL }, null],
    [{ orchestratorId: 'bench-1 0a1b', orchestratorUrl: 'nonsense' }, null],
  ])('is where the owner is, and never its own machine when the owner is on another: %o', (control, url) => {
    expect(reachableOwner(control, 'bench-1')).toBe(url)
  })
})
