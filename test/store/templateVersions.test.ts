import {
  countVersionRuns,
  deleteRun,
  deleteTemplate,
  insertRun,
  insertTemplate,
  listTemplateVersions,
  newId,
  readNewestVersions,
  readTemplate,
  readTemplateVersion,
  type SavedTemplate,
  type SqlClient,
  TemplateChanged,
  updateTemplate,
} from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshControlDatabase, freshControlDatabase } from '../kit/controlDatabase.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { SMALLEST, soundTemplate } from '../kit/templateInput.ts'
import { whileHeld } from '../kit/whileHeld.ts'

let control: FreshControlDatabase
let db: SqlClient
beforeAll(async () => {
  control = await freshControlDatabase()
  db = control.db
})
afterAll(() => control.drop())

const template = (name: string) => soundTemplate({ ...SMALLEST, name })

const store = async (name = 'first', by: string | null = null): Promise<string> => {
  const id = newId()
  await insertTemplate(db, id, template(name), by)
  return id
}
const runOf = async (templateId: string, templateVersion: number, ofNewestVersion = true): Promise<string> => {
  const runId = newId()
  await insertRun(db, runId, 'run', samplePlan({ templateId, templateVersion }), { ofNewestVersion })
  return runId
}
const saved = async (id: string): Promise<SavedTemplate> => (await readTemplate(db, id)) as SavedTemplate
const history = async (id: string): Promise<readonly (readonly [number, string, string | null])[]> =>
  (await listTemplateVersions(db, await saved(id))).map(one => [one.version, one.template.name, one.createdBy] as const)

describe('the versions of a template', () => {
  it('begin with the one that it was made with', async () => {
    const id = await store('first', 'alice')
    expect(await history(id)).toEqual([[1, 'first', 'alice']])
    expect(await saved(id)).toMatchObject({ version: 1, isUsed: false, createdBy: 'alice' })
    expect(await readTemplateVersion(db, id, 1)).toMatchObject({ version: 1, template: template('first') })
  })

  it('that no run has used give way to the next', async () => {
    const id = await store()
    expect(await updateTemplate(db, id, template('second'), { by: 'bob' })).toBe('DONE')
    expect(await history(id)).toEqual([[2, 'second', 'bob']])
    expect(await readTemplateVersion(db, id, 1)).toBeNull()
  })

  it('that runs have used are kept as they were', async () => {
    const id = await store('first', 'alice')
    await runOf(id, 1)
    expect(await saved(id)).toMatchObject({ version: 1, isUsed: true })
    await updateTemplate(db, id, template('second'), { by: 'bob' })
    expect(await saved(id)).toMatchObject({ version: 2, isUsed: false, createdBy: 'alice' })
    await updateTemplate(db, id, template('third'), { by: 'carol' })
    await runOf(id, 3)
    await runOf(id, 3)
    expect(await history(id)).toEqual([
      [3, 'third', 'carol'],
      [1, 'first', 'alice'],
    ])
    expect(await readTemplateVersion(db, id, 1)).toMatchObject({ template: template('first') })
    expect(await countVersionRuns(db, id)).toEqual(
      new Map([
        [1, 1],
        [3, 2],
      ]),
    )
  })

  it('do not lose their use to a run of an older one', async () => {
    const id = await store()
    await runOf(id, 1)
    await updateTemplate(db, id, template('second'))
    await runOf(id, 2)
    await runOf(id, 1, false)
    expect(await saved(id)).toMatchObject({ version: 2, isUsed: true, usageCount: 3 })
  })

  it('count no runs that were deleted', async () => {
    const id = await store()
    const runId = await runOf(id, 1)
    await deleteRun(db, runId)
    expect(await countVersionRuns(db, id)).toEqual(new Map())
  })

  it('are not made by a change that changes nothing', async () => {
    const id = await store('same', 'alice')
    const before = await saved(id)
    expect(await updateTemplate(db, id, template('same'), { expectedVersion: 1, by: 'bob' })).toBe('DONE')
    expect(await saved(id)).toEqual(before)
  })

  it('stay when the template is deleted, though it cannot be read any more', async () => {
    const id = await store()
    await runOf(id, 1)
    expect(await readNewestVersions(db, [id, 'nobody'])).toEqual(new Map([[id, 1]]))
    await deleteTemplate(db, id)
    expect(await readTemplateVersion(db, id, 1)).toBeNull()
    expect(await readNewestVersions(db, [id])).toEqual(new Map())
    expect(await db.query('SELECT version FROM template_versions WHERE template_id = ?', [id])).toEqual([{ version: 1 }])
  })
})

describe('a change', () => {
  it('is made to the version that it expects, and to no other', async () => {
    const id = await store()
    expect(await updateTemplate(db, id, template('mine'), { expectedVersion: 1 })).toBe('DONE')
    expect(await updateTemplate(db, id, template('yours'), { expectedVersion: 1 })).toBe('CHANGED')
    expect(await updateTemplate(db, id, template('yours'), { expectedVersion: 7 })).toBe('CHANGED')
    expect(await saved(id)).toMatchObject({ name: 'mine', version: 2 })
  })

  it('of several at once to the same version is made by one', async () => {
    const id = await store()
    const names = ['a', 'b', 'c', 'd']
    const answers = await Promise.all(names.map(name => updateTemplate(db, id, template(name), { expectedVersion: 1 })))
    expect(answers.filter(answer => answer === 'DONE')).toHaveLength(1)
    expect(await history(id)).toEqual([[2, names[answers.indexOf('DONE')], null]])
  })

  it('of several at once that expect nothing is made by each, one after the other', async () => {
    const id = await store()
    const names = ['a', 'b', 'c']
    expect(await Promise.all(names.map(name => updateTemplate(db, id, template(name))))).toEqual(['DONE', 'DONE', 'DONE'])
    expect(await saved(id)).toMatchObject({ version: 4 })
    expect(await history(id)).toHaveLength(1)
  })

  it('that another one overtakes is made to what that has left, unless it expects a version', async () => {
    const id = await store()
    const overtaken = (name: string, expectedVersion: number | null) =>
      whileHeld(
        control,
        tx => updateTemplate(tx, id, template(`before ${name}`)),
        () => updateTemplate(db, id, template(name), { expectedVersion }),
      )
    expect(await overtaken('mine', null)).toEqual({ status: 'fulfilled', value: 'DONE' })
    expect(await saved(id)).toMatchObject({ name: 'mine', version: 3 })
    expect(await overtaken('yours', 3)).toEqual({ status: 'fulfilled', value: 'CHANGED' })
    expect(await saved(id)).toMatchObject({ name: 'before yours', version: 4 })
  })

  it('that is overtaken each time is given up after a few, and told', async () => {
    const id = await store()
    let overtaken = 0
    const meddled: SqlClient = {
      ...db,
      transaction: async work => {
        overtaken += 1
        await updateTemplate(db, id, template(`other ${overtaken}`))
        return await db.transaction(work)
      },
    }
    expect(await updateTemplate(meddled, id, template('mine'))).toBe('CHANGED')
    expect(await saved(id)).toMatchObject({ name: `other ${overtaken}`, version: 1 + overtaken })
    expect(overtaken).toBe(5)
  })

  it('that comes between reading a template and making a run of it refuses the run', async () => {
    const id = await store()
    await updateTemplate(db, id, template('second'))
    await expect(runOf(id, 1)).rejects.toThrow(TemplateChanged)
    expect(await saved(id)).toMatchObject({ usageCount: 0, isUsed: false })
    await expect(runOf('nobody', 1)).rejects.toThrow('template nobody does not exist')
  })

  it('at the same time as a run is made never loses the version that the run has', async () => {
    for (let round = 0; round < 4; round++) {
      const id = await store()
      const [run] = await Promise.allSettled([runOf(id, 1), updateTemplate(db, id, template('second'))])
      const versions = (await history(id)).map(([version]) => version)
      expect(versions).toEqual(run.status === 'fulfilled' ? [2, 1] : [2])
    }
  })
})

describe('a template from before versions were kept', () => {
  /** As the rows were. */
  const storeEarlier = async (version: number, isUsed: boolean): Promise<string> => {
    const id = await store()
    await db.execute('DELETE FROM template_versions WHERE template_id = ?', [id])
    await db.execute(`UPDATE test_templates SET version = ?, usage_count = ${isUsed ? 1 : 0}, used_version = NULL WHERE template_id = ?`, [
      version,
      id,
    ])
    return id
  }

  it('has the version that it is at', async () => {
    const id = await storeEarlier(3, true)
    expect(await saved(id)).toMatchObject({ version: 3, isUsed: true })
    expect(await history(id)).toEqual([[3, 'first', null]])
    expect(await readTemplateVersion(db, id, 3)).toMatchObject({ template: template('first') })
    expect(await readTemplateVersion(db, id, 2)).toBeNull()
  })

  it('keeps it when it is changed next, if a run has used it', async () => {
    const used = await storeEarlier(3, true)
    const { updatedAtMs } = await saved(used)
    await updateTemplate(db, used, template('second'), { by: 'bob' })
    expect(await history(used)).toEqual([
      [4, 'second', 'bob'],
      [3, 'first', null],
    ])
    expect((await readTemplateVersion(db, used, 3))?.createdAtMs).toBe(Math.floor(updatedAtMs))
    expect(await saved(used)).toMatchObject({ isUsed: false })
    const unused = await storeEarlier(3, false)
    await updateTemplate(db, unused, template('second'))
    expect(await history(unused)).toEqual([[4, 'second', null]])
  })

  it('can still be run with the settings of an older run', async () => {
    const id = await storeEarlier(3, true)
    await runOf(id, 1, false)
    expect(await saved(id)).toMatchObject({ version: 3, isUsed: true, usageCount: 2 })
  })
})
