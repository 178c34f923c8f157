import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { SECRETS } from './secretSearch.ts'

/** The server's program. */
export const MAIN = fileURLToPath(new URL('../../server/dist/main.js', import.meta.url))

export interface ServerSettings {
  readonly home: string
  /** Beyond FLAKEBENCH_HOME: the server sees this, PATH and HOME, nothing else. */
  readonly environment?: Readonly<Record<string, string>>
  /** Default: `--port 0`, any free port. */
  readonly args?: readonly string[]
  /** On its stdin; none: it is closed. */
  readonly input?: string
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** All that it wrote, both streams. */
  readonly output: string
}

/** A server process that serves. */
export interface TestServer {
  readonly pid: number
  readonly port: number
  /** `http://127.0.0.1:<port>`, or https:// */
  readonly url: string
  output(): string
  readonly exited: Promise<Exit>
  /** Sends the signal and waits until the process is gone. */
  end(signal?: NodeJS.Signals): Promise<Exit>
}

/** A directory for one server, that other users may pass through as PostgreSQL does not run as root. */
export const newHome = (): string => {
  const home = mkdtempSync('/tmp/flakebench-server-')
  chmodSync(home, 0o755)
  return home
}

/** The program of a server under way. */
export interface Launched {
  readonly child: ChildProcess
  readonly written: () => string
  readonly exited: Promise<Exit>
}

/** Starts the server's program, for whoever kills it. */
export const launch = ({ home, environment = {}, args = ['--port', '0'], input }: ServerSettings): Launched => {
  const { PATH = '', HOME = '' } = process.env
  const { FLAKEBENCH_CREDENTIAL_KEY = '', FLAKEBENCH_NEW_CREDENTIAL_KEY = '', FLAKEBENCH_TOKEN = '' } = environment
  SECRETS.note('the key that seals secrets', FLAKEBENCH_CREDENTIAL_KEY)
  SECRETS.note('the key that seals secrets next', FLAKEBENCH_NEW_CREDENTIAL_KEY)
  SECRETS.note('an API token', FLAKEBENCH_TOKEN)
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH, HOME, FLAKEBENCH_HOME: home, ...environment },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  child.stdin?.end(input)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
  const exited = new Promise<Pick<Exit, 'code' | 'signal'>>(resolve => child.on('close', (code, signal) => resolve({ code, signal }))).then(
    ended => {
      SECRETS.lookInFiles(home)
      SECRETS.lookIn('what the server wrote', output)
      return { ...ended, output }
    },
  )
  return { child, written: () => output, exited }
}

/** Runs the server's program to its end: for commands, and for starts that are to be refused. */
export const runServer = (settings: ServerSettings): Promise<Exit> => launch(settings).exited

/** Starts a server and waits until it serves. @throws with its output when it ends instead */
export const startServer = async (settings: ServerSettings): Promise<TestServer> => {
  const { child, written, exited } = launch(settings)
  const pid = child.pid as number
  const [scheme, port] = await new Promise<readonly [string, number]>((resolve, reject) => {
    const look = (): void => {
      const match = /(https?):\/\/localhost:(\d+)/.exec(written())
      if (match !== null) resolve([match[1] as string, Number(match[2])])
    }
    child.stdout?.on('data', look)
    void exited.then(({ code, signal, output }) => reject(new Error(`the server ended (${code ?? signal}) instead of serving:\n${output}`)))
  })
  return {
    pid,
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    output: written,
    exited,
    end: (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      return exited
    },
  }
}
