import { spawn } from 'node:child_process'
import { until } from './processes.ts'
import { MAIN, type ServerSettings } from './startServer.ts'

/** The server's program on a terminal of its own. */
export interface Terminal {
  /** All that stands there. */
  written(): string
  /** Waits until the program asks, and types. */
  type(prompt: string, keys: string): Promise<void>
  readonly exited: Promise<number | null>
}

/** Stands there in the end when the terminal echoes, breaks lines and takes Ctrl-C as it did before. */
export const TERMINAL_AS_BEFORE = 'the terminal is as it was'

const inShell = (words: readonly string[]): string => words.map(word => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')

/** By `script` of util-linux, which every Debian has: a real pseudo-terminal, that echoes what is typed unless the program has it not to. */
export const onTerminal = ({ home, environment = {}, args = [] }: ServerSettings): Terminal => {
  const { PATH = '', HOME = '' } = process.env
  const program = inShell([process.execPath, MAIN, ...args])
  const compared = `test "$before" = "$(stty -g)" && echo ${inShell([TERMINAL_AS_BEFORE])}`
  const commands = `stty sane; before=$(stty -g); ${program}; code=$?; ${compared}; exit $code`
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', commands, '/dev/null'], {
    env: { PATH, HOME, SHELL: '/bin/sh', FLAKEBENCH_HOME: home, ...environment },
  })
  let written = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (written += text))
  return {
    written: () => written,
    type: async (prompt, keys) => {
      await until(
        `it asks: ${prompt}`,
        () => written,
        text => text.includes(prompt),
      )
      child.stdin.write(keys)
    },
    exited: new Promise((resolve, reject) => {
      child.on('error', error =>
        reject(new Error('these tests need the program "script": install bsdutils or util-linux', { cause: error })),
      )
      child.on('close', resolve)
    }),
  }
}
