import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { LoadMessage } from '../../worker/src/spool/loadProgress.ts'

const MAIN = fileURLToPath(new URL('../../worker/dist/main.js', import.meta.url))

export interface LoaderExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
  readonly messages: readonly LoadMessage[]
  /** Of its last message; null: it did not come to its end. */
  readonly unread: readonly string[] | null
}

export interface LoaderProcess {
  readonly child: ChildProcess
  readonly exited: Promise<LoaderExit>
}

/** The process that loads a run's executions, as the server starts it. */
export const startLoader = (
  run: { readonly runId: string; readonly epoch: number },
  { url, folder }: { readonly url: string; readonly folder: string },
  heard: (message: LoadMessage) => void = () => undefined,
  folders: readonly string[] = [],
): LoaderProcess => {
  const args = ['load-executions', '--run-id', run.runId, '--epoch', String(run.epoch), ...folders.flatMap(one => ['--folder', one])]
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'] ?? '',
      CONTROL_DATABASE_URL: url,
      FLAKEBENCH_CREDENTIAL_KEY: randomBytes(32).toString('base64'),
      FLAKEBENCH_SPOOL_FOLDER: folder,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
  const messages: LoadMessage[] = []
  child.on('message', (message: LoadMessage) => {
    messages.push(message)
    heard(message)
  })
  const exited = new Promise<LoaderExit>(resolve =>
    child.on('close', (code, signal) => {
      const last = messages.at(-1)
      resolve({ code, signal, output, messages, unread: last?.type === 'DONE' ? last.unread : null })
    }),
  )
  return { child, exited }
}
