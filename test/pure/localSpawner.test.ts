import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { localSpawner } from '../../server/src/orchestrator/spawners/local.ts'
import { until } from '../kit/processes.ts'
import { sampleRun } from '../kit/sampleRun.ts'

it('gives each worker an equal part of the disk by the workers that the run has when it is started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flakebench-spawner-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const workerMain = join(folder, 'main.mjs')
  writeFileSync(workerMain, 'console.log(process.env.FLAKEBENCH_SPOOL_LIMIT_MB)')
  const spawner = localSpawner({ workerMain, environment: {}, logFolder: folder, spoolLimitMb: 1_000 })
  const [alone, withOthers] = [sampleRun({ id: 'ALONE', workersExpected: 1 }), sampleRun({ id: 'OTHERS', workersExpected: 3 })]
  const parts: string[] = []
  for (const [run, groupId] of [
    [alone, 0],
    [withOthers, 2],
  ] as const) {
    spawner.start(run, groupId)
    await until(
      'it has ended',
      () => spawner.listExits(run, []),
      exits => exits.length === 1,
    )
    parts.push(readFileSync(join(folder, run.id, `worker-${groupId}.log`), 'utf8').trim())
  }
  expect(parts).toEqual(['1000', '333'])
})
