import { ControlDatabaseUnavailable, type SqlClient } from '@flakebench/store'
import { afterEach, describe, expect, it } from 'vitest'
import { type Logging, startLogging } from '../../worker/src/control/logging.ts'
import { until } from '../kit/processes.ts'

let logging: Logging | null = null
afterEach(() => logging?.stop())

interface Control {
  mood: 'TAKES' | 'IS_AWAY' | 'REFUSES'
  /** Messages in the order in which they were taken; what was tried before is told again. */
  readonly taken: string[]
  tries: number
}

const COLUMNS = 9
const MESSAGE = 7

const start = (mood: Control['mood']): { readonly control: Control; readonly printed: string[]; readonly logging: Logging } => {
  const control: Control = { mood, taken: [], tries: 0 }
  const printed: string[] = []
  const db: SqlClient = {
    engine: 'postgres',
    query: async () => [],
    execute: async (_, binds = []) => {
      control.tries += 1
      if (control.mood === 'IS_AWAY') throw new ControlDatabaseUnavailable('it is away', {}, false)
      if (control.mood === 'REFUSES') throw new Error('no such table')
      const messages = binds.filter((_, i) => i % COLUMNS === MESSAGE).map(String)
      control.taken.push(...messages)
      return messages.length
    },
    transaction: work => work(db),
    close: async () => {},
  }
  logging = startLogging({ db, runId: 'R', workerId: 'worker-0', everyMs: () => 1, print: line => printed.push(line) })
  return { control, printed, logging }
}

describe('the log of a worker', () => {
  it('is written in order, from when the run is known, and printed only where it tells of the control database or an end', async () => {
    const { control, printed, logging } = start('TAKES')
    logging.log('INFO', 'worker', 'one')
    logging.log('WARN', 'control', 'two')
    expect(control.tries).toBe(0)
    logging.begin()
    await until(
      'both are written',
      () => control.taken,
      taken => taken.length === 2,
    )
    expect(control.taken).toEqual(['one', 'two'])
    expect(printed).toEqual(['two'])
  })

  it('waits for a control database that is away, and then says how many lines it had to drop', async () => {
    const { control, logging } = start('IS_AWAY')
    logging.begin()
    for (let i = 1; i <= 700; i++) logging.log('INFO', 'load', `line ${i}`)
    await until(
      'it is tried again',
      () => control.tries,
      tries => tries >= 2,
    )
    control.mood = 'TAKES'
    await logging.flush(10_000)
    const [told, first, ...rest] = control.taken
    expect(told).toMatch(/^200 older lines of this log were dropped/)
    expect(first).toBe('line 201')
    expect(rest.at(-1)).toBe('line 700')
    expect(rest).toHaveLength(499)
  })

  it('is given up where it is refused, which is printed once', async () => {
    const { control, printed, logging } = start('REFUSES')
    logging.begin()
    logging.log('INFO', 'load', 'lost')
    await until(
      'it is given up',
      () => printed,
      lines => lines.length > 0,
    )
    logging.log('INFO', 'load', 'lost too')
    await logging.flush(10_000)
    control.mood = 'TAKES'
    logging.log('INFO', 'load', 'kept')
    await logging.flush(10_000)
    expect(control.taken).toEqual(['kept'])
    expect(printed).toEqual(['The log of this worker cannot be written: no such table'])
  })

  it('does not hold up an end for longer than it may', async () => {
    const { control, logging } = start('IS_AWAY')
    logging.begin()
    logging.log('INFO', 'load', 'lost')
    await logging.flush(50)
    logging.stop()
    expect(control.taken).toEqual([])
  })
})
