import { gunzipSync, gzipSync } from 'node:zlib'
import {
  claimImport,
  ImportClaimLost,
  newId,
  putImportedRun,
  type Row,
  readRun,
  readRunMarks,
  releaseImport,
  removeHalfImport,
  type SqlClient,
  underClaim,
} from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BundleKit, openBundleKit, rowsOf } from '../kit/bundleKit.ts'
import { readRunNow } from '../kit/storedRun.ts'
import { CONNECTION, EXECUTIONS } from '../kit/wholeStoredRun.ts'

let kit: BundleKit
beforeAll(async () => {
  kit = await openBundleKit()
})
afterAll(() => kit.close())

describe('an import', () => {
  it('is brought in once, however many send it at the same time', async () => {
    const db = await kit.emptied()
    const packed = await kit.bundle(true)
    // Two servers have a limit each of what they do at once.
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => kit.exportsOf(db).importRun(kit.send(packed))))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const one of outcomes) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'CONFLICT' })
    expect((await rowsOf(db, kit.runId))['query_executions']).toHaveLength(EXECUTIONS)
    expect(await db.query('SELECT run_id FROM bundle_imports')).toEqual([])
  })

  it('cannot be written, nor taken away, by an import whose claim another one has', async () => {
    const db = await kit.emptied()
    const stale = { runId: kit.runId, claimId: newId() }
    const claim = (await claimImport(db, kit.runId)) ?? expect.fail('nobody else had it')
    expect(await claimImport(db, kit.runId)).toBeNull()
    await expect(underClaim(db, stale, tx => tx.execute('DELETE FROM run_status'))).rejects.toThrow(ImportClaimLost)
    await expect(removeHalfImport(db, stale)).rejects.toThrow(ImportClaimLost)
    // Rows that are not of the bundle, of whoever had it before, keep the run from being here.
    const [runs, results] = ['run_status', 'test_results'].map(async name => (await rowsOf(kit.here, kit.runId))[name] ?? [])
    const [run] = (await runs) as Row[]
    await expect(putImportedRun(db, claim, run as Row, (await results) as Row[], { run_status: 1, test_results: 2 })).rejects.toThrow(
      /test_results holds 3 rows of the run, and the bundle 2/,
    )
    expect(await readRun(db, kit.runId)).toBeNull()
    await db.execute("UPDATE bundle_imports SET claimed_until = DATEADD('second', -1, CURRENT_TIMESTAMP)")
    const next = (await claimImport(db, kit.runId)) ?? expect.fail('the claim had run out')
    await releaseImport(db, claim)
    expect(await claimImport(db, kit.runId)).toBeNull()
    await releaseImport(db, next)
  })

  it('loads executions, and does not insert them', async () => {
    const db = await kit.emptied()
    const sent: string[] = []
    const heard: SqlClient = {
      ...db,
      transaction: work =>
        db.transaction(tx =>
          work({
            ...tx,
            execute: (sql, binds) => {
              sent.push(sql)
              return tx.execute(sql, binds)
            },
          }),
        ),
    }
    await kit.exportsOf(heard).importRun(kit.send(await kit.bundle(true)))
    expect(sent.filter(sql => sql.includes('INSERT INTO spool_files'))).toHaveLength(1)
    expect(sent.filter(sql => sql.includes('INSERT INTO query_executions'))).toEqual([])
    expect((await rowsOf(db, kit.runId))['query_executions']).toHaveLength(EXECUTIONS)
  })

  it('keeps nothing of where it comes from, whoever wrote it', async () => {
    const db = await kit.emptied()
    const packed = await kit.bundle(false)
    const plan = (await readRunNow(kit.here, kit.runId)).plan
    const foreign: Readonly<Record<string, Row>> = {
      run_status: { scenario_config: plan, orchestrator_id: 'secret.host/1', waits_for: newId() },
      test_results: { test_config: plan, pinned: true },
      enrichments: { status: 'PENDING', due_at: 1_700_000_000_000 },
      worker_heartbeats: { host: 'secret.host', pid: 1, spool_folder: '/secret.host' },
    }
    const lines = gunzipSync(packed).toString().trimEnd().split('\n')
    const changed = lines.map(line => {
      const content = JSON.parse(line) as { table?: string; row: Row }
      return JSON.stringify({
        ...content,
        ...(content.row === undefined ? {} : { row: { ...content.row, ...foreign[content.table ?? ''] } }),
      })
    })
    await kit.exportsOf(db).importRun(kit.send(gzipSync(`${changed.join('\n')}\n`)))
    const rows = await rowsOf(db, kit.runId)
    for (const secret of [CONNECTION, 'secret.host']) expect(JSON.stringify(rows)).not.toContain(secret)
    expect(rows['enrichments']).toMatchObject([{ status: 'SKIPPED', due_at: null }])
    expect((await readRunMarks(db, [kit.runId])).get(kit.runId)?.isBaseline).toBe(false)
  })
})
