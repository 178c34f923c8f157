import { randomInt } from 'node:crypto'
import { ANY_HOST, freezePlan, type ValuePoolSet } from '@flakebench/contract'
import {
  failPoolSet,
  failSilentPoolSets,
  insertPoolSet,
  listPoolSets,
  listPreparingPoolSets,
  newId,
  readPoolSet,
  readTemplate,
  removeOrphanPoolSets,
  removePoolSet,
  removePoolSets,
  removePoolValues,
  type SqlClient,
} from '@flakebench/store'
import type { Log } from '../log.ts'
import { invalid, notFound, Refusal } from '../refusal.ts'
import { type PoolProcess, type PoolProcessOptions, startPoolProcess } from './poolProcess.ts'

/** Has value pools prepared, each set by a process of its own. Any server instance may do it: how far it is stands in the tables. */
export interface PoolPreparer {
  /** Begins a preparation; it goes on after the answer. @param seed null: a new one */
  prepare(templateId: string, seed: number | null): Promise<ValuePoolSet>
  /** All sets of a template, newest first; those whose process is gone are said to have failed. */
  list(templateId: string): Promise<readonly ValuePoolSet[]>
  /** Stops what is being prepared here. */
  close(): Promise<void>
}

export interface PoolPreparerOptions extends PoolProcessOptions {
  readonly db: SqlClient
  readonly log: Log
}

const LARGEST_SEED = 2 ** 31 - 1
/** A preparation says every few seconds that it is alive. */
const SILENT_SECONDS = 20
const LOOK_AGAIN_MS = 10_000
const GONE = 'The process of the preparation is gone: prepare the value pools again'

const beingPrepared = (): Refusal =>
  new Refusal('WRONG_STATE', 'The value pools of this template are being prepared already: wait until they are ready')

export const startPoolPreparer = (options: PoolPreparerOptions): PoolPreparer => {
  const { db, log } = options
  const running = new Map<string, { readonly process: PoolProcess; readonly settled: Promise<void> }>()
  const failSilent = (): Promise<number> => failSilentPoolSets(db, SILENT_SECONDS, GONE, [...running.keys()])

  /** What another server, or an earlier one, had begun: until each has ended or is silent. */
  let looking: NodeJS.Timeout | null = null
  const lookAfterOthers = async (): Promise<void> => {
    looking = null
    try {
      await failSilent()
      await removeOrphanPoolSets(db)
      if ((await listPreparingPoolSets(db)).every(({ id }) => running.has(id))) return
    } catch (error) {
      log.error('could not look for preparations of value pools', { error })
    }
    looking = setTimeout(() => void lookAfterOthers(), LOOK_AGAIN_MS)
    looking.unref()
  }
  void lookAfterOthers()

  const settle = async (set: { readonly id: string; readonly templateId: string }, process: PoolProcess): Promise<void> => {
    try {
      const failure = await process.ended
      if (failure !== null) await failPoolSet(db, set.id, failure)
      const status = (await readPoolSet(db, set.id))?.status
      if ((await readTemplate(db, set.templateId)) === null) await removePoolSet(db, set.id)
      else if (status === 'READY') await removePoolSets(db, set.templateId, set.id)
      else await removePoolValues(db, set.id)
    } catch (error) {
      log.error('could not settle a preparation of value pools', { setId: set.id, error })
    } finally {
      running.delete(set.id)
    }
  }

  /** Templates of which a preparation is just beginning here. */
  const beginning = new Set<string>()
  const begin = async (set: { readonly id: string; readonly templateId: string; readonly seed: number }): Promise<void> => {
    if (!(await insertPoolSet(db, set))) throw beingPrepared()
    const others = (await listPoolSets(db, set.templateId)).filter(({ id, status }) => status === 'PREPARING' && id !== set.id)
    if (others.length === 0) return
    // Another server began at the very same moment, and each insert missed the other: both may refuse, never both prepare.
    await removePoolSet(db, set.id)
    throw beingPrepared()
  }

  return {
    prepare: async (templateId, seed) => {
      const template = await readTemplate(db, templateId)
      if (template === null) throw notFound('template', templateId)
      if (template.target.connectionId === null) {
        throw invalid(`The template "${template.name}"`, [
          { path: 'target.connectionId', message: 'Choose the saved connection whose table is to be sampled' },
        ])
      }
      const chosen = seed ?? randomInt(LARGEST_SEED)
      if (!(Number.isInteger(chosen) && chosen >= 0 && chosen <= LARGEST_SEED)) {
        throw invalid('The preparation', [
          { path: 'seed', message: `seed must be a whole number from 0 to ${LARGEST_SEED}; it is ${chosen}` },
        ])
      }
      const frozen = freezePlan(template, {}, chosen, ANY_HOST)
      if (!frozen.ok) throw invalid(`The template "${template.name}"`, frozen.problems)
      await failSilent()
      const set = { id: newId(), templateId, seed: chosen }
      if (beginning.has(templateId)) throw beingPrepared()
      beginning.add(templateId)
      try {
        await begin(set)
      } finally {
        beginning.delete(templateId)
      }
      const process = startPoolProcess(options, set.id)
      running.set(set.id, { process, settled: settle(set, process) })
      return (await readPoolSet(db, set.id)) as ValuePoolSet
    },
    list: async templateId => {
      const sets = await listPoolSets(db, templateId)
      const isPreparingElsewhere = sets.some(({ id, status }) => status === 'PREPARING' && !running.has(id))
      return isPreparingElsewhere && (await failSilent()) > 0 ? await listPoolSets(db, templateId) : sets
    },
    close: async () => {
      if (looking !== null) clearTimeout(looking)
      const left = [...running.values()]
      for (const { process } of left) process.stop()
      await Promise.all(left.map(({ settled }) => settled))
    },
  }
}
