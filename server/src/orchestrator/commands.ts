import { randomInt } from 'node:crypto'
import { freezePlan, type Plan, type RunOverrides, type RunRecord, unsupportedProblems } from '@flakebench/contract'
import {
  ControlDatabaseUnavailable,
  deleteRun,
  type InsertRunOptions,
  insertRun,
  newId,
  readConnection,
  readRun,
  readTemplate,
  restoreRun,
  type SqlClient,
  TemplateChanged,
  transitionRun,
} from '@flakebench/store'
import { changedRun } from '../decide/changedRun.ts'
import { type CommandDecision, decideStart, decideStop } from '../decide/decideRun.ts'
import { decideWorkerTarget } from '../decide/decideWorkerTarget.ts'
import { readHostCapacity } from '../hostCapacity.ts'
import type { Log } from '../log.ts'
import { poolsFor } from '../pools/poolsFor.ts'
import { invalid, notFound, Refusal } from '../refusal.ts'
import type { CheckTarget } from './checkTarget.ts'
import type { Orchestrator } from './orchestrator.ts'
import { refuseDeleted, rerunPlan } from './rerunPlan.ts'
import { sutOf } from './sutOf.ts'

/** What a person or a script may ask of runs. Any server instance may carry it out: state is in the tables. */
export interface RunCommands {
  prepare(templateId: string, overrides: RunOverrides): Promise<RunRecord>
  start(runId: string): Promise<RunRecord>
  stop(runId: string, reason: string | null): Promise<RunRecord>
  /** Sets the connections that one worker of a run without a controller is to hold. */
  setWorkerTarget(runId: string, workerId: string, connections: number): Promise<RunRecord>
  /** A new PREPARED run: with the frozen plan of this one, or with its template as it is now. */
  rerun(runId: string, from: 'SNAPSHOT' | 'LATEST_TEMPLATE'): Promise<RunRecord>
  /** Takes a run that is not under way out of every list. */
  delete(runId: string): Promise<RunRecord>
  restore(runId: string): Promise<RunRecord>
}

const LARGEST_SEED = 2 ** 31 - 1
/** A command is decided again when the run changed between reading and writing. */
const TRIES = 5

export const runCommands = (
  db: SqlClient,
  orchestrator: Orchestrator,
  publish: (runId: string) => void,
  checkTarget: CheckTarget,
  log: Log,
): RunCommands => {
  const existing = async (runId: string): Promise<RunRecord> => {
    const run = await readRun(db, runId)
    if (run === null) throw notFound('run', runId)
    return run
  }

  /** @returns the run as the command has left it */
  const carryOut = async (
    runId: string,
    decide: (run: RunRecord) => CommandDecision,
    check: (run: RunRecord) => Promise<void> = () => Promise.resolve(),
  ): Promise<RunRecord> => {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const run = await existing(runId)
      await check(run)
      const decided = decide(run)
      if (!decided.allowed) throw refusalOf(decided)
      const { set, commands } = decided.decision
      if (set === null || (await transitionRun(db, { runId, fromVersion: run.version, epoch: null, set, commands }))) {
        return changedRun(run, decided.decision)
      }
    }
    throw new Refusal('CONFLICT', 'The run kept changing meanwhile; try again')
  }

  /** What has been carried out is not to be told as failed because the run cannot be read any more: whoever asked would ask again. */
  const afterwards = (left: RunRecord): Promise<RunRecord> =>
    existing(left.id).catch((error: unknown) => {
      log.warn('the command was carried out, but the run could not be read after it', { run: left.id, error })
      return left
    })

  /** What was right when the run was prepared: the connection may lead elsewhere by now. */
  const refuseTarget = async (run: RunRecord): Promise<void> => {
    if (!decideStart(run).allowed) return
    const problems = await checkTarget(run.plan.target)
    if (problems.length > 0) throw invalid(`The run "${run.name}"`, problems)
  }

  const prepare = async (templateId: string, overrides: RunOverrides, rerunOf: string | null): Promise<RunRecord> => {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const template = await readTemplate(db, templateId)
      if (template === null) throw notFound('template', templateId)
      const frozen = freezePlan(template, overrides, randomInt(LARGEST_SEED), readHostCapacity())
      const pools = await poolsFor(db, template)
      const problems = [
        ...unsupportedProblems(template),
        ...(frozen.ok ? [] : frozen.problems),
        ...(await checkTarget(template.target)),
        ...pools.problems,
      ]
      if (!frozen.ok || problems.length > 0) throw invalid(`The template "${template.name}"`, problems)
      const plan = { ...frozen.plan, poolSetId: pools.poolSetId }
      try {
        return await create(overrides.name?.trim() || template.name, plan, { rerunOf, ofNewestVersion: true })
      } catch (error) {
        if (!(error instanceof TemplateChanged)) throw error
      }
    }
    throw new Refusal('CONFLICT', 'The template kept changing meanwhile; try again')
  }

  /** With what its target loads now: the connection may lead elsewhere than when the plan was frozen. @throws TemplateChanged */
  const create = async (name: string, plan: Plan, options: InsertRunOptions): Promise<RunRecord> => {
    const { connectionId } = plan.target
    const sut = sutOf(plan.target, connectionId === null ? null : await readConnection(db, connectionId))
    const runId = newId()
    await insertRun(db, runId, name, { ...plan, sut }, options)
    publish(runId)
    return await existing(runId)
  }

  const putDeletion = async (runId: string, isBack: boolean): Promise<RunRecord> => {
    await existing(runId)
    if (!(await (isBack ? restoreRun(db, runId) : deleteRun(db, runId)))) {
      throw new Refusal('WRONG_STATE', 'The run is under way: stop it, or wait until it is over')
    }
    publish(runId)
    return await existing(runId)
  }

  return {
    prepare: (templateId, overrides) => prepare(templateId, overrides, null),
    rerun: async (runId, from) => {
      const run = await existing(runId)
      if (from === 'LATEST_TEMPLATE') return await prepare(run.templateId, {}, run.id)
      return await create(run.name, await rerunPlan(db, run, checkTarget), { rerunOf: run.id })
    },
    delete: runId => putDeletion(runId, false),
    restore: runId => putDeletion(runId, true),
    start: async runId => {
      await refuseTarget(await existing(runId))
      const started = await carryOut(runId, decideStart, run => refuseDeleted(db, run)).catch((error: unknown) => {
        // It may be started all the same, by this command or by one before: then it must not wait until somebody looks for it.
        if (mayBeStarted(error)) orchestrator.lookSoon()
        throw error
      })
      await orchestrator.take(runId)
      publish(runId)
      return await afterwards(started)
    },
    setWorkerTarget: async (runId, workerId, connections) => {
      const changed = await carryOut(runId, run => decideWorkerTarget(run, workerId, connections))
      orchestrator.wake(runId)
      publish(runId)
      return await afterwards(changed)
    },
    stop: async (runId, reason) => {
      const words = reason?.trim() || 'Stopped by a person'
      const stopped = await carryOut(runId, run => decideStop(run, words))
      orchestrator.wake(runId)
      publish(runId)
      return await afterwards(stopped)
    },
  }
}

const mayBeStarted = (error: unknown): boolean =>
  error instanceof ControlDatabaseUnavailable || (error instanceof Refusal && error.code === 'WRONG_STATE')

const refusalOf = ({ because, path }: Extract<CommandDecision, { readonly allowed: false }>): Refusal =>
  path === undefined ? new Refusal('WRONG_STATE', `This is not possible: ${because}`) : invalid('The request', [{ path, message: because }])
