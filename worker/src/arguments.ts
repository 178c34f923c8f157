import { parseArgs } from 'node:util'
import { EXIT, messageOf, WorkerFailure } from './failure.ts'

/** Which worker of which run this process is. */
export interface Arguments {
  readonly runId: string
  readonly workerId: string
  readonly workerGroupId: number
  readonly workerGroupCount: number
}

/** What this process is started for. */
export type Command =
  | { readonly command: 'RUN'; readonly args: Arguments }
  | { readonly command: 'PREPARE_POOLS'; readonly setId: string }
  /** What is to be looked at comes in a message. */
  | { readonly command: 'INSPECT' }
  | { readonly command: 'LOAD_EXECUTIONS'; readonly runId: string; readonly epoch: number; readonly folders: readonly string[] }

const PREPARE_POOLS = 'prepare-pools'
const LOAD_EXECUTIONS = 'load-executions'
const INSPECT = 'inspect'

/** Without a command: one worker of a run. @throws WorkerFailure that lists every fault at once */
export const readCommand = (argv: readonly string[]): Command => {
  if (argv[0] === LOAD_EXECUTIONS) return readLoad(argv.slice(1))
  if (argv[0] === INSPECT) {
    parse(argv.slice(1), {})
    return { command: 'INSPECT' }
  }
  if (argv[0] !== PREPARE_POOLS) return { command: 'RUN', args: readArguments(argv) }
  const setId = parse(argv.slice(1), { 'pool-set-id': { type: 'string' } } as const)['pool-set-id'] ?? ''
  if (setId === '') throw new WorkerFailure(EXIT.CONFIGURATION, '--pool-set-id is missing')
  return { command: 'PREPARE_POOLS', setId }
}

const readLoad = (argv: readonly string[]): Command => {
  const { 'run-id': runId = '', epoch = '', folder = [] } = parse(argv, LOAD_OPTIONS)
  const faults: string[] = []
  if (runId === '') faults.push('--run-id is missing')
  if (!/^\d+$/.test(epoch)) faults.push(epoch === '' ? '--epoch is missing' : `--epoch must be a whole number from 0; it is ${epoch}`)
  if (faults.length > 0) throw new WorkerFailure(EXIT.CONFIGURATION, faults.join('; '))
  return { command: 'LOAD_EXECUTIONS', runId, epoch: Number(epoch), folders: folder }
}

/** @throws WorkerFailure that lists every fault at once */
export const readArguments = (argv: readonly string[]): Arguments => {
  const given = parse(argv, OPTIONS)
  const faults: string[] = []
  const text = (name: keyof typeof OPTIONS): string => {
    const value = given[name]
    if (value === undefined || value === '') faults.push(`--${name} is missing`)
    return value ?? ''
  }
  const whole = (name: keyof typeof OPTIONS, least: number): number => {
    const value = text(name)
    if (value !== '' && !(/^\d+$/.test(value) && Number(value) >= least))
      faults.push(`--${name} must be a whole number from ${least}; it is ${value}`)
    return Number(value)
  }
  const read = {
    runId: text('run-id'),
    workerId: text('worker-id'),
    workerGroupId: whole('worker-group-id', 0),
    workerGroupCount: whole('worker-group-count', 1),
  }
  if (faults.length === 0 && read.workerGroupId >= read.workerGroupCount)
    faults.push('--worker-group-id must be below --worker-group-count')
  if (faults.length > 0) throw new WorkerFailure(EXIT.CONFIGURATION, faults.join('; '))
  return read
}

const OPTIONS = {
  'run-id': { type: 'string' },
  'worker-id': { type: 'string' },
  'worker-group-id': { type: 'string' },
  'worker-group-count': { type: 'string' },
} as const

const LOAD_OPTIONS = {
  'run-id': { type: 'string' },
  epoch: { type: 'string' },
  /** Where to look for spools, beside the folder of the environment. */
  folder: { type: 'string', multiple: true },
} as const

type Option = { readonly type: 'string'; readonly multiple?: true }
type Given<O extends Option> = O extends { readonly multiple: true } ? readonly string[] : string

const parse = <O extends Readonly<Record<string, Option>>>(argv: readonly string[], options: O) => {
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values as { readonly [K in keyof O]?: Given<O[K]> }
  } catch (error) {
    throw new WorkerFailure(EXIT.CONFIGURATION, messageOf(error))
  }
}
