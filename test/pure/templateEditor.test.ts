import { LOAD_MODES, SCALING_MODES, type TemplateInput, validateTemplate } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { canonicalNote } from '../../client/src/features/templateEditor/canonicalNote.ts'
import { documentName } from '../../client/src/features/templateEditor/documentName.ts'
import { rateHint, scalingSum, workersSummary } from '../../client/src/features/templateEditor/loadWords.ts'
import { newParameter } from '../../client/src/features/templateEditor/parameterFields.ts'
import { inFormWords } from '../../client/src/features/templateEditor/pathWords.ts'
import { exampleSteps } from '../../client/src/features/templateEditor/searchSteps.ts'
import { versionLines } from '../../client/src/features/templateEditor/versionWords.ts'
import { usualConnection } from '../../client/src/features/templates/usualConnection.ts'
import { appliedInput, loadFieldsOf, scalingFieldsOf, weightedKinds } from '../../client/src/stores/appliedInput.ts'
import { inputOf, newDraft, type TemplateDraft } from '../../client/src/stores/newDraft.ts'
import { problemsOf, soundTemplate } from '../kit/templateInput.ts'

const draft = (change: (draft: TemplateDraft) => void = () => undefined): TemplateDraft => {
  const made = newDraft()
  made.name = 'Orders'
  made.target.table = 'orders'
  change(made)
  return made
}
const sent = (made: TemplateDraft): TemplateInput => inputOf(made) as TemplateInput

describe('the fields of the editor that apply', () => {
  it('lets no field that is hidden be wrong, in any mode', () => {
    for (const mode of LOAD_MODES) {
      for (const scaling of SCALING_MODES) {
        const shownLoad = loadFieldsOf(mode, scaling) as readonly string[]
        const shownScaling = ['mode', ...scalingFieldsOf(scaling, mode)] as readonly string[]
        const made = draft(({ load, scaling: workers, guardrails, sloAbort, slos }) => {
          Object.assign(load, { mode, targetConnections: 0, targetQps: -5, thinkTimeMs: -1, startingConnections: -2, durationSeconds: 0 })
          Object.assign(load.findMax, { startConnections: 0, resolution: 9_999 })
          Object.assign(workers, { mode: scaling, minWorkers: 9, maxWorkers: 0, minConnections: 0, maxConnections: 0 })
          Object.assign(guardrails, { maxCpuPercent: 900, patienceIntervals: 0 })
          sloAbort.enabled = true
          slos.push({ kind: 'UPDATE', p95Ms: 5, p99Ms: 1, errorRatePercent: null })
        })
        for (const { path, message } of problemsOf(sent(made))) {
          const [section, field = ''] = path.split('.')
          const shown = section === 'load' ? ['mode', ...shownLoad] : section === 'scaling' ? shownScaling : []
          expect(shown, `${mode} ${scaling}: ${message}`).toContain(field)
        }
      }
    }
  })

  it('sends everything that is shown', () => {
    const made = draft(({ load, scaling, guardrails }) => {
      Object.assign(load, {
        mode: 'QPS',
        targetQps: 500,
        arrival: 'POISSON',
        startingConnections: 4,
        maxConnectionIncrease: 8,
        targetConnections: 50,
      })
      Object.assign(scaling, {
        mode: 'BOUNDED',
        minWorkers: 2,
        maxWorkers: 4,
        minConnections: 2,
        maxConnections: 60,
        boundsPatienceIntervals: 9,
      })
      Object.assign(guardrails, { enabled: true, maxCpuPercent: 70, backOffPercent: 30 })
    })
    const template = soundTemplate(sent(made))
    expect(template.load).toMatchObject({
      targetQps: 500,
      arrival: 'POISSON',
      startingConnections: 4,
      maxConnectionIncrease: 8,
      targetConnections: 50,
    })
    expect(template.scaling).toEqual({
      mode: 'BOUNDED',
      minWorkers: 2,
      maxWorkers: 4,
      minConnections: 2,
      maxConnections: 60,
      boundsPatienceIntervals: 9,
    })
    expect(template.guardrails).toMatchObject({ enabled: true, maxCpuPercent: 70, backOffPercent: 30 })
  })

  it('sends a draft that is sent already as it is', () => {
    const once = appliedInput(inputOf(draft()))
    expect(appliedInput(once)).toEqual(once)
    expect(validateTemplate(once).ok).toBe(true)
  })

  it('keeps SLOs to kinds of the mix that they bound, and aborts for nothing else', () => {
    const made = draft(({ slos, sloAbort }) => {
      slos.push(
        { kind: 'INSERT', p95Ms: 5, p99Ms: null, errorRatePercent: null },
        { kind: 'POINT_LOOKUP', p95Ms: null, p99Ms: null, errorRatePercent: null },
      )
      sloAbort.enabled = true
    })
    expect(weightedKinds(made)).toEqual(['POINT_LOOKUP', 'RANGE_SCAN'])
    expect(sent(made)).toMatchObject({ slos: [], sloAbort: { enabled: false } })
    made.slos.push({ kind: 'RANGE_SCAN', p95Ms: null, p99Ms: null, errorRatePercent: 1 })
    expect(sent(made)).toMatchObject({ slos: [{ kind: 'RANGE_SCAN', errorRatePercent: 1 }], sloAbort: { enabled: true, graceSeconds: 30 } })
  })
})

describe('an import', () => {
  it('takes the connection that is the default of its type, or leaves it to be chosen', () => {
    expect(
      usualConnection([
        { id: 'a', isDefault: false },
        { id: 'b', isDefault: true },
      ]),
    ).toBe('b')
    expect(usualConnection([{ id: 'a', isDefault: false }])).toBe('')
  })
})

describe('the words of the editor', () => {
  it('says what workers and connections come to', () => {
    const { load, scaling } = draft()
    expect(scalingSum({ ...scaling, mode: 'FIXED', minWorkers: 2, minConnections: 16 }, load)).toBe('2 workers × 16 connections = 32')
    expect(scalingSum({ ...scaling, mode: 'FIXED', minWorkers: null }, load)).toBeNull()
    expect(scalingSum({ ...scaling, mode: 'BOUNDED', maxWorkers: 4, maxConnections: 50 }, load)).toBe(
      'From 1 to 200 connections: at most 4 workers × 50 connections',
    )
    expect(scalingSum({ ...scaling, mode: 'BOUNDED', minWorkers: 3 }, load)).toBe('At least 3 workers × 1 connection = 3')
  })

  it('guesses the connections of a rate by Little’s law', () => {
    expect(rateHint(2_000, 'POSTGRES')).toBe('2.00 k/s need about 4 connections when a statement takes 2 ms, and 40 when it takes 20 ms.')
    expect(rateHint(null, 'POSTGRES')).toBeNull()
    expect(rateHint(0, 'HYBRID')).toBeNull()
  })

  it('draws a search up by the increment and then between the last that held and the first that did not', () => {
    const { findMax } = draft().load
    const steps = exampleSteps(findMax)
    expect(steps.map(step => step.connections)).toEqual([5, 15, 25, 35, 45, 40, 37, 38])
    expect(steps.filter(step => step.kind === 'TOO_MUCH').map(step => step.connections)).toEqual([45, 40])
    expect(exampleSteps({ ...findMax, connectionsIncrement: null })).toEqual([])
    expect(exampleSteps({ ...findMax, connectionsIncrement: 1 }).map(step => step.connections)).toEqual([5, 6, 7, 8, 9])
  })

  it('names fields by what stands beside them, not by their paths', () => {
    expect(inFormWords('Must be at least scaling.minWorkers (3); it is 2')).toBe('Must be at least the fewest workers (3); it is 2')
    expect(inFormWords('Must be at least slos.0.p95Ms (5); it is 3')).toBe('Must be at least the p95 (5); it is 3')
    expect(inFormWords('Must be AUTO or BOUNDED when load.mode is FIND_MAX_CONCURRENCY')).toBe(
      'Must be “Automatic” or “Within bounds” when the kind of load is “Find the most”',
    )
    expect(inFormWords('This version connects directly only: set target.usePgbouncer to false')).toBe(
      'This version connects directly only: turn PgBouncer off',
    )
    expect(inFormWords('target.columns.1.name must be given')).toBe('the name of column 2 must be given')
    expect(inFormWords('must be given for a HYBRID table')).toBe('must be given for a hybrid table')
    expect(
      inFormWords(
        'operations.generic.1.parameters.0.max must leave a whole number between min (9) and max; it is 8 (strategy RANDOM_NUMERIC)',
      ),
    ).toBe('“To” of value 1 of statement 2 must leave a whole number between “From” (9) and “To”; it is 8')
    expect(inFormWords('Must name an earlier parameter; "min AUTO" is none (strategy OFFSET_FROM_PREVIOUS)')).toBe(
      'Must name an earlier parameter; "min AUTO" is none',
    )
    const sum = '9000000 operations per second cannot be sent by 1 worker: raise scaling.maxWorkers to 1200, or lower load.targetQps'
    expect(inFormWords(sum)).toBe(
      '9,000,000 operations per second cannot be sent by 1 worker: raise the most workers to 1,200, or lower the rate',
    )
  })

  it('has words for every field that can be wrong, and for no path left over', () => {
    const paths = (value: unknown, path: string): string[] =>
      typeof value !== 'object' || value === null
        ? [path]
        : Object.entries(value).flatMap(([key, inner]) => paths(inner, path === '' ? key : `${path}.${key}`))
    const made = draft(({ target, operations, tags, slos }) => {
      target.columns = [{ name: '', type: '' }]
      tags.push({ key: 'a', value: 'b' })
      slos.push({ kind: 'UPDATE', p95Ms: 5, p99Ms: 1, errorRatePercent: 1 })
      operations.generic.push({ id: 'x', label: 'Newest', operationType: 'READ', weight: 1, sql: '', parameters: [newParameter()] })
    })
    for (const path of paths(made, '').filter(each => each !== 'target.usePgbouncer')) {
      const words = inFormWords(`${path} must be given`, ['Newest'])
      expect(words, path).not.toMatch(/[a-z][A-Z]|\w\.\w|_/)
    }
  })

  it('says what versions took the place of, whatever is true', () => {
    const kept = (version: number, changes: readonly string[] = []) => ({ version, changes })
    expect(versionLines(kept(1), null)).toEqual(['As it was first saved'])
    expect(versionLines(kept(4), null)).toEqual(['Replaces versions 1 to 3, which no run used'])
    expect(versionLines(kept(2), null)).toEqual(['Replaces version 1, which no run used'])
    expect(versionLines(kept(5, ['Connections: 8 → 16']), 4)).toEqual(['Connections: 8 → 16'])
    expect(versionLines(kept(7, ['Connections: 8 → 16']), 4)).toEqual([
      'Connections: 8 → 16',
      'Replaces versions 5 to 6, which no run used',
    ])
    expect(versionLines(kept(6), 4)).toEqual(['The same settings as version 4', 'Replaces version 5, which no run used'])
  })

  it('says how many workers there are, where a number of them can be', () => {
    const { scaling } = draft()
    expect(workersSummary({ ...scaling, mode: 'BOUNDED', minWorkers: 3, maxWorkers: 2 })).toBeNull()
    expect(workersSummary({ ...scaling, mode: 'BOUNDED', minWorkers: 2, maxWorkers: 3 })).toBe('2 to 3 workers')
    expect(workersSummary({ ...scaling, mode: 'FIXED', minWorkers: 2, minConnections: 0 })).toBeNull()
  })

  it('says what a statement touches by the key of the table', () => {
    const lookup = { field: 'pointLookup', does: 'Reads one row by its key' } as const
    const update = { field: 'update', does: 'Changes one row by its key' } as const
    expect(canonicalNote(lookup, null)).toBe('Reads one row by its key')
    expect(canonicalNote(lookup, { keyColumns: ['id'], keyColumn: 'id' })).toBe('Reads one row by its key')
    expect(canonicalNote(lookup, { keyColumns: ['shop', 'no'], keyColumn: 'shop' })).toBe(
      'Reads rows by shop, the first column of its key: it may be several',
    )
    expect(canonicalNote(update, { keyColumns: [], keyColumn: 'a' })).toBe('Changes rows by a, as it has no key: it may be several')
  })

  it('calls a file by the template', () => {
    expect(documentName('Lookups on “orders”', null, 'YAML')).toBe('lookups-on-orders.yaml')
    expect(documentName('///', 2, 'JSON')).toBe('template-v2.json')
  })
})
