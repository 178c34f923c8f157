import { afterAll } from 'vitest'
import { SECRETS } from './secretSearch.ts'

// After all other hooks of a file: what came to light when its last server and its last control database were gone.
afterAll(() => SECRETS.refuseFound())
