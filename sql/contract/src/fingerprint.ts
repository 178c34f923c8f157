import type { Plan } from './plan.ts'
import type { Load } from './template/template.ts'

/**
 * Equal for runs of the same configuration: what is loaded, with which statements, how hard and for how long. Runs with the same one are trials.
 *
 * In it: the target (its connection by id, and its server or account by `Plan.sut`), the operations with their weights, statements and parameters, what the
 * load mode goes by, the workers and connections to begin with, the bounds of a controller, the SLOs by which a search judges its steps, and the settings
 * that change what is sent or what counts as an error.
 * Not in it: the name of run or template, the template's version, the seed, the value pools (a sample by the seed), the limits of the machine, guardrails,
 * SLOs that only judge, when a run is given up, and whether single executions are kept.
 * @returns 32 hexadecimal digits
 */
export const fingerprintOf = (plan: Plan): string => {
  const { target, operations, load, scaling, advanced, workerCount, targetConnections, sut, slos } = plan
  const isSteered = load.mode !== 'CONCURRENCY'
  const { mode: _, boundsPatienceIntervals: __, ...bounds } = scaling
  return hash(
    canonical({
      target,
      sut,
      operations: operations.map(({ kind, label, operationType, weight, sql, parameters }) => ({
        kind,
        label,
        operationType,
        weight,
        sql,
        parameters,
      })),
      load: loadOf(load),
      workerCount,
      targetConnections,
      bounds: isSteered ? { mode: scaling.mode, ...bounds } : null,
      slos: load.mode === 'FIND_MAX_CONCURRENCY' ? slos : null,
      rangeSize: advanced.rangeSize,
      statementTimeoutSeconds: advanced.statementTimeoutSeconds,
    }),
  )
}

/** Of the load, what its mode goes by. */
const loadOf = (load: Load): object => {
  const { mode, warmupSeconds, durationSeconds, thinkTimeMs } = load
  switch (mode) {
    case 'CONCURRENCY':
      return { mode, warmupSeconds, durationSeconds, thinkTimeMs }
    case 'QPS': {
      const { targetQps, arrival, startingConnections, maxConnectionIncrease, targetConnections } = load
      return { mode, warmupSeconds, durationSeconds, targetQps, arrival, startingConnections, maxConnectionIncrease, targetConnections }
    }
    case 'FIND_MAX_CONCURRENCY':
      return { mode, warmupSeconds, thinkTimeMs, findMax: load.findMax }
  }
}

/** JSON whose keys are in order: a plan that was kept and read again may have them in another. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const fields = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(',')}}`
}

const OFFSET_BASIS = 0x6c62272e07bb014262b821756295c58dn
const PRIME = 0x0000000001000000000000000000013bn

/** FNV-1a of 128 bits over UTF-8. Source: draft-eastlake-fnv, which has the constants. */
const hash = (text: string): string => {
  let h = OFFSET_BASIS
  for (const byte of new TextEncoder().encode(text)) h = BigInt.asUintN(128, (h ^ BigInt(byte)) * PRIME)
  return h.toString(16).padStart(32, '0')
}
