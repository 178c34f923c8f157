import { describe, expect, it } from 'vitest'
import { reachableOwner } from '../../worker/src/control/reachableOwner.ts'

const LOCAL = 'http://127.0.0.1:4000'
const FAR = 'http://bench-2.example:4000'

describe('where a worker pushes to', () => {
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
