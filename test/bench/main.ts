import { parseArgs } from 'node:util'
import { benchApi } from './benchApi.ts'
import { benchArrivals } from './benchArrivals.ts'
import { benchCompare } from './benchCompare.ts'
import { benchControl } from './benchControl.ts'
import { benchFanout } from './benchFanout.ts'
import { benchFresh } from './benchFresh.ts'
import { benchHandover } from './benchHandover.ts'
import { benchLoad } from './benchLoad.ts'
import { benchSameness } from './benchSameness.ts'
import { benchSnowflake } from './benchSnowflake.ts'
import { benchSpool } from './benchSpool.ts'
import { benchStart } from './benchStart.ts'
import { benchStop } from './benchStop.ts'
import { benchVerdicts } from './benchVerdicts.ts'
import { benchWorker } from './benchWorker.ts'
import type { BenchOptions } from './options.ts'
import { machine } from './report.ts'

/** Each prints a plain table; nothing is asserted. */
const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  worker: benchWorker,
  arrivals: benchArrivals,
  start: benchStart,
  stop: benchStop,
  fresh: benchFresh,
  fanout: benchFanout,
  handover: benchHandover,
  snowflake: benchSnowflake,
  control: benchControl,
  compare: benchCompare,
  spool: benchSpool,
  api: benchApi,
  load: benchLoad,
  verdicts: benchVerdicts,
  sameness: benchSameness,
}

const HELP = `pnpm bench <name> [options]

  worker   point lookups by the worker as it ships, by a bare loop on its driver, and by pgbench
  arrivals an open loop of point lookups at 1,000/s and 5,000/s by the worker's own load, constant and Poisson, and by pgbench -R
  start    from startRun to the first operation
  stop     from stopRun to the last operation
  fresh    from the end of an interval to its arrival at a subscriber
  fanout   1,000 subscribers to one live run, one of them slow to read: delivery, CPU of the server, updates lost; and graphql-ws as it comes, in turn
  handover from the end of a find-max step to the next one's target at the workers
  snowflake   what a query through the Snowflake driver costs the client, by the driver alone and by the worker; and how fast connections open
  compare     frames per second of the comparison of five one-hour runs, in a browser
  control     statements that a run costs a control database on Snowflake, by the wire server
  spool    runs with every execution kept and with none, in turn; and what keeping one costs
  load     spooled executions into the embedded control database, with all its indexes
  api      what the console asks for: run, history, executions, comparison; with millions of executions and thousands of runs
  verdicts    how often verdicts on imagined pairs of runs are right
  sameness    real runs of one template, one after the other, against each other: how often a difference is called

  --repeats 5     worker, arrivals, spool, load, fanout: how often each is measured
  --seconds       worker: 5, spool: 10, of each measurement; arrivals: 60; fresh: 60; fanout: 15; control: 30; compare: 4; sameness: 30
  --connections 1,8,32,64   worker
  --tries 20      start, stop; verdicts: 25 pairs of each for a try
  --workers       1; fresh: 2; control, fanout: 4
  --rows 1000000  of the table; load: executions; api: 5000000 executions
  --runs 12       sameness
  --warmup 3      sameness: seconds before each measurement
  --clock         arrivals: HYBRID or TICKER instead of what suits this machine
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repeats: { type: 'string', default: '5' },
    seconds: { type: 'string' },
    connections: { type: 'string', default: '1,8,32,64' },
    tries: { type: 'string', default: '20' },
    workers: { type: 'string' },
    rows: { type: 'string' },
    clock: { type: 'string' },
    runs: { type: 'string', default: '12' },
    warmup: { type: 'string', default: '3' },
  },
})
const bench = BENCHES[positionals[0] ?? '']
if (bench === undefined) process.stdout.write(HELP)
else {
  process.stdout.write(`${machine()}\n`)
  await bench({
    repeats: Number(values.repeats),
    seconds: values.seconds === undefined ? null : Number(values.seconds),
    connections: values.connections.split(',').map(Number),
    tries: Number(values.tries),
    workers: values.workers === undefined ? null : Number(values.workers),
    rows: Number(values.rows ?? (positionals[0] === 'api' ? 5_000_000 : 1_000_000)),
    clock: values.clock ?? null,
    runs: Number(values.runs),
    warmup: Number(values.warmup),
  })
}
