import type { SqlClient } from '@flakebench/store'
import type { Log } from '../log.ts'
import type { Gate } from './gate.ts'
import { isSignInRequired, openGate } from './openGate.ts'
import { openPasswordWork, type PasswordWork } from './passwords.ts'
import type { Places } from './places.ts'
import { openReadings } from './readings.ts'
import { openSignIns, type SignIns } from './signIns.ts'
import { openStrangers, type Strangers } from './strangers.ts'

/** Who may come in, and how. */
export interface Access {
  readonly gate: Gate
  readonly signIns: SignIns
  readonly passwords: PasswordWork
  readonly strangers: Strangers
  /** Whether cookies travel over HTTPS alone. */
  readonly isSecure: boolean
  isSignInRequired(): Promise<boolean>
  /** Users or tokens were changed here: that holds at once. */
  forget(): void
}

export interface AccessOptions {
  readonly db: SqlClient
  readonly places: Places
  readonly isSecure: boolean
  readonly log: Log
  readonly monotonicMs: () => number
}

export const openAccess = ({ db, places, isSecure, log, monotonicMs }: AccessOptions): Access => {
  const readings = openReadings(db, monotonicMs)
  const passwords = openPasswordWork()
  return {
    gate: openGate(places, readings),
    signIns: openSignIns({ db, passwords, readings, monotonicMs }),
    passwords,
    strangers: openStrangers(log, monotonicMs),
    isSecure,
    isSignInRequired: () => isSignInRequired(places, readings),
    forget: readings.forget,
  }
}
