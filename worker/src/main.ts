#!/usr/bin/env node
import { readArguments } from './arguments.ts'
import { readConfig } from './config.ts'
import { EXIT, type ExitCode, messageOf, WorkerFailure } from './failure.ts'
import { runWorker } from './runWorker.ts'

const print = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

const terminated = new AbortController()
process.on('SIGTERM', () => terminated.abort())
// Ctrl+C reaches every process of the terminal: whether the run ends is the server's decision.
process.on('SIGINT', () => undefined)

const live = async (): Promise<ExitCode> => {
  try {
    const args = readArguments(process.argv.slice(2))
    return await runWorker({ args, config: readConfig(), terminated: terminated.signal, print })
  } catch (error) {
    print(messageOf(error))
    return error instanceof WorkerFailure ? error.exitCode : EXIT.NOT_PREPARED
  }
}

process.exitCode = await live()
// Sessions and timers that are left are of no use to anybody.
process.exit()
