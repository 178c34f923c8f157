import { createServer } from 'node:net'
import { ControlDatabaseUnavailable, countActiveRuns, newId, openControlDatabase, putConnection, type SqlClient } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { type FreshControlDatabase, freshControlDatabase } from '../kit/controlDatabase.ts'
import { openDoor } from '../kit/door.ts'
import { until } from '../kit/processes.ts'

const failureOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('it did not fail'),
    (error: unknown) => error as Error,
  )

/** Two accounts to be locked in one order or the other. */
const storeAccounts = async (db: SqlClient): Promise<void> => {
  for (const name of ['a', 'b']) {
    await putConnection(db, {
      id: name,
      name,
      type: 'POSTGRES',
      settings: { host: 'h', port: 1, user: 'u', database: 'd', tls: 'OFF', ca: null },
      sealedCredentials: null,
    })
  }
}
const touch = (tx: SqlClient, id: string): Promise<number> =>
  tx.execute('UPDATE connections SET version = version + 1 WHERE connection_id = ?', [id])
const versions = async (db: SqlClient): Promise<unknown[]> =>
  (await db.query('SELECT version FROM connections ORDER BY connection_id')).map(row => row['version'])

describe('a control database that does not answer', () => {
  it('is unavailable once nothing listens, and answers the same client when it is back', async () => {
    const control = await freshControlDatabase()
    const door = await openDoor({ host: '127.0.0.1', port: control.port })
    const db = openControlDatabase({ url: control.atPort(door.port), statementTimeoutMs: 1_500 })
    try {
      expect(await countActiveRuns(db)).toBe(0)
      await door.refuse()
      for (const work of [
        () => countActiveRuns(db),
        () => db.execute('DELETE FROM audit_log'),
        () => db.transaction(tx => countActiveRuns(tx)),
      ]) {
        const failure = await failureOf(work())
        expect(failure).toBeInstanceOf(ControlDatabaseUnavailable)
        expect(failure).toMatchObject({ message: expect.stringMatching(/^the control database does not answer: ./) })
      }
      await door.accept()
      await until(
        'it answers again',
        () => countActiveRuns(db).catch((error: unknown) => error),
        count => count === 0,
      )
    } finally {
      await db.close()
      await door.close()
    }
  })

  it('is unavailable when the session is ended in the middle of a statement', async () => {
    const control = await freshControlDatabase()
    const { db } = control
    const asleep = failureOf(db.query(control.sleep))
    await endSleeping(control)
    expect(await asleep).toBeInstanceOf(ControlDatabaseUnavailable)
    expect(await asleep).toMatchObject({ isSlow: false })
    expect(await countActiveRuns(db)).toBe(0)
  })

  it('is unavailable when the session is ended in the middle of a transaction, of which nothing remains', async () => {
    const control = await freshControlDatabase()
    const { db } = control
    await storeAccounts(db)
    const before = await versions(db)
    const inside = failureOf(
      db.transaction(async tx => {
        await touch(tx, 'a')
        await tx.query(control.sleep)
      }),
    )
    await endSleeping(control)
    expect(await inside).toBeInstanceOf(ControlDatabaseUnavailable)
    expect(await versions(db)).toEqual(before)
  })

  it('is slow, and so unavailable, when a statement takes longer than it may', async () => {
    const { url, sleep } = await freshControlDatabase()
    const db = openControlDatabase({ url, statementTimeoutMs: 1_000 })
    try {
      const failure = await failureOf(db.query(sleep))
      expect(failure).toBeInstanceOf(ControlDatabaseUnavailable)
      expect(failure).toMatchObject({ isSlow: true })
      expect(await countActiveRuns(db)).toBe(0)
    } finally {
      await db.close()
    }
  })

  it('is unavailable when its address answers with silence', async () => {
    const { atPort } = await freshControlDatabase()
    const silent = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => silent.once('listening', resolve))
    const { port } = silent.address() as { port: number }
    const db = openControlDatabase({ url: atPort(port) })
    try {
      expect(await failureOf(countActiveRuns(db))).toBeInstanceOf(ControlDatabaseUnavailable)
    } finally {
      silent.close()
      await db.close()
    }
  })

  const endSleeping = (control: FreshControlDatabase): Promise<boolean> =>
    until(
      'there is a session to end',
      () => control.endSleeping(),
      hasEnded => hasEnded,
    )
})

describe('a control database that refuses', () => {
  it.each([
    {
      what: 'a duplicate key',
      sql: `INSERT INTO run_control_events (event_id, run_id, sequence_id, event_type, event_data)
            SELECT 'x', 'r', n, 'e', PARSE_JSON('{}') FROM (VALUES (1), (2)) AS v (n)`,
    },
    { what: 'a missing value', sql: "INSERT INTO audit_log (audit_id) SELECT 'x'" },
    { what: 'a table that does not exist', sql: 'DELETE FROM nowhere' },
    { what: 'nonsense', sql: 'SELEKT 1' },
    {
      what: 'JSON that is none',
      sql: "INSERT INTO connections (connection_id, connection_name, connection_type, settings) SELECT 'x', 'x', 'x', PARSE_JSON('{')",
    },
  ])('for $what is available', async ({ sql }) => {
    const { db } = await freshControlDatabase()
    const failure = await failureOf(db.execute(sql))
    expect(failure).toBeInstanceOf(Error)
    expect(failure).not.toBeInstanceOf(ControlDatabaseUnavailable)
    expect(failure.message).not.toBe('it did not fail')
  })
})

describe('a transaction', () => {
  it('that fails leaves nothing behind, and throws what its work threw', async () => {
    const { db } = await freshControlDatabase()
    await storeAccounts(db)
    const before = await versions(db)
    const fault = new Error('changed my mind')
    const work = db.transaction(async tx => {
      await touch(tx, 'a')
      await tx.transaction(inner => touch(inner, 'b'))
      expect(await versions(tx)).not.toEqual(before)
      throw fault
    })
    expect(await failureOf(work)).toBe(fault)
    expect(await versions(db)).toEqual(before)
  })

  it('that fails on a statement leaves its connection usable', async () => {
    const { url } = await freshControlDatabase()
    const db = openControlDatabase({ url, maxConnections: 1 })
    try {
      await expect(db.transaction(tx => tx.query('SELECT 1 / 0 AS n'))).rejects.toThrow(/division by zero/i)
      expect(await db.transaction(tx => countActiveRuns(tx))).toBe(0)
    } finally {
      await db.close()
    }
  })

  it('that is the victim of a deadlock is done again, from its beginning', async () => {
    const { db } = await freshControlDatabase()
    await storeAccounts(db)
    let tries = 0
    let bothHold = () => {}
    let holding = 0
    const barrier = new Promise<void>(resolve => {
      bothHold = resolve
    })
    const lockInOrder = (first: string, second: string): Promise<string> =>
      db.transaction(async tx => {
        tries += 1
        await touch(tx, first)
        holding += 1
        if (holding === 2) bothHold()
        await barrier
        await touch(tx, second)
        return first
      })
    const before = (await versions(db)) as number[]
    expect(await Promise.all([lockInOrder('a', 'b'), lockInOrder('b', 'a')])).toEqual(['a', 'b'])
    // Row locks are not granted in turn: the one that begins anew may be first again, and the victim once more.
    expect(tries).toBeGreaterThanOrEqual(3)
    expect(await versions(db)).toEqual(before.map(version => version + 2))
  })

  it('that fails three times for passing reasons gives up', async () => {
    const { db } = await freshControlDatabase()
    await storeAccounts(db)
    const lock = (tx: SqlClient) => tx.query("SELECT version FROM connections WHERE connection_id = 'a' FOR UPDATE NOWAIT")
    let tries = 0
    await db.transaction(async holder => {
      await lock(holder)
      const work = db.transaction(async tx => {
        tries += 1
        await lock(tx)
      })
      await expect(work).rejects.toThrow(/lock/i)
    })
    expect(tries).toBe(3)
  })

  it('is not done again for a reason that does not pass', async () => {
    const { db } = await freshControlDatabase()
    let tries = 0
    const work = db.transaction(async tx => {
      tries += 1
      await tx.execute('INSERT INTO audit_log (audit_id) SELECT ?', [newId()])
    })
    await expect(work).rejects.toThrow(/null/i)
    expect(tries).toBe(1)
  })
})
