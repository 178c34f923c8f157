#!/usr/bin/env node
import { readCommand } from './arguments.ts'
import { readConfig } from './config.ts'
import { EXIT, type ExitCode, messageOf, WorkerFailure } from './failure.ts'
import { inspect } from './inspect/inspect.ts'
import { toParent } from './inspect/parent.ts'
import { preparePools } from './pools/preparePools.ts'
import { runWorker } from './runWorker.ts'
import { loadExecutions } from './spool/loadExecutions.ts'
import { tellParent } from './spool/loadProgress.ts'

const print = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

const terminated = new AbortController()
process.on('SIGTERM', () => terminated.abort())
// Ctrl+C reaches every process of the terminal: whether the run ends is the server's decision.
process.on('SIGINT', () => undefined)

const live = async (): Promise<ExitCode> => {
  try {
    const command = readCommand(process.argv.slice(2))
    const shared = { config: readConfig(), terminated: terminated.signal, print }
    if (command.command === 'RUN') return await runWorker({ ...shared, args: command.args })
    // Whoever asked for it waits for its end: when the server is gone, so is this process.
    process.on('disconnect', () => terminated.abort())
    if (process.connected === false) terminated.abort()
    if (command.command === 'PREPARE_POOLS') return await preparePools({ ...shared, setId: command.setId })
    if (command.command === 'INSPECT') return await inspect({ ...shared, ...toParent })
    return await loadExecutions({ ...shared, ...command, tell: tellParent })
  } catch (error) {
    print(messageOf(error))
    return error instanceof WorkerFailure ? error.exitCode : EXIT.NOT_PREPARED
  }
}

process.exitCode = await live()
// Sessions and timers that are left are of no use to anybody.
process.exit()
