import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname, tmpdir } from 'node:os'
import { expect, it, onTestFinished } from 'vitest'
import { type CommandLines, commandLinesOn, fromPs } from '../../server/src/orchestrator/spawners/commandLines.ts'
import { localSpawner } from '../../server/src/orchestrator/spawners/local.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { sampleRun } from '../kit/sampleRun.ts'

const RUN = sampleRun()
const always = (line: string | null): CommandLines => ({ read: () => line, readLately: () => line })

/** A process that waits to be ended, started with these arguments, and its heartbeat as that of worker-0. */
const startProcess = async (...args: string[]) => {
  const child: ChildProcess = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)', 'x', ...args], {
    stdio: 'pipe',
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  return { child, beat: sampleHeartbeat({ host: hostname(), pid: child.pid as number }) }
}
const spawnerWith = (commandLines?: CommandLines) =>
  localSpawner({
    workerMain: 'none',
    environment: {},
    spoolLimitMb: 100,
    logFolder: tmpdir(),
    ...(commandLines === undefined ? {} : { commandLines }),
  })

it.each<[string, CommandLines | undefined]>([
  ['as this system tells', undefined],
  ['as ps tells', commandLinesOn('darwin')],
])('a worker of an earlier server is known by its command line, %s, and ended', async (_, commandLines) => {
  const { child, beat } = await startProcess('--run-id', RUN.id, '--worker-id', 'worker-0')
  const spawner = spawnerWith(commandLines)
  expect([...spawner.listAlive(RUN, [beat])]).toEqual(['worker-0'])
  expect(spawner.listExits(RUN, [beat])).toEqual([])
  const exited = once(child, 'exit')
  spawner.signal(RUN, [beat], ['worker-0'], 'SIGKILL')
  expect(await exited).toEqual([null, 'SIGKILL'])
  expect([...spawner.listAlive(RUN, [beat])]).toEqual([])
  expect(spawner.listExits(RUN, [beat])).toMatchObject([{ workerId: 'worker-0' }])
  spawner.signal(RUN, [beat], ['worker-0'], 'SIGKILL')
})

it.each<[string, CommandLines | undefined]>([
  ['as this system tells', undefined],
  ['as ps tells', commandLinesOn('darwin')],
])('a stranger that has a worker’s process id is left alone, and the worker is gone, %s', async (_, commandLines) => {
  const { child, beat } = await startProcess('--run-id', RUN.id, '--worker-id', 'worker-01')
  const spawner = spawnerWith(commandLines)
  expect([...spawner.listAlive(RUN, [beat])]).toEqual([])
  expect(spawner.listExits(RUN, [beat])).toHaveLength(1)
  spawner.signal(RUN, [beat], ['worker-0'], 'SIGKILL')
  expect(child.kill('SIGTERM')).toBe(true)
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM'])
})

it.each(['win32', 'darwin'] as const)(
  'where it cannot be asked what a process is, none is signalled or taken for gone: %s',
  async platform => {
    const { child, beat } = await startProcess('--run-id', RUN.id, '--worker-id', 'worker-0')
    const spawner = spawnerWith(platform === 'win32' ? commandLinesOn(platform) : always(null))
    expect([...spawner.listAlive(RUN, [beat])]).toEqual([])
    expect(spawner.listExits(RUN, [beat])).toEqual([])
    spawner.signal(RUN, [beat], ['worker-0'], 'SIGKILL')
    expect(child.kill('SIGTERM')).toBe(true)
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM'])
  },
)

it('ps says nothing of a process that has ended', async () => {
  const { child } = await startProcess()
  expect(fromPs(child.pid as number)).toContain(process.execPath)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(fromPs(child.pid as number)).toBe('')
})
