import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type FreshSnowflake, freshSnowflake } from './kit/freshSnowflake.ts'
import { refusal, signIn } from './kit/signedIn.ts'

let fresh: FreshSnowflake
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wire-stages-'))
  fresh = await freshSnowflake()
})
afterAll(async () => {
  await fresh.drop()
  await rm(folder, { recursive: true })
})

const withTable = async (name: string) => {
  const session = await signIn(fresh.server)
  await session.run(`CREATE TABLE ${name} (id INTEGER, t VARCHAR, n NUMERIC(10,2))`)
  await session.run(`CREATE STAGE ${name}_stage`)
  const put = async (file: string, text: string): Promise<unknown> => {
    await writeFile(join(folder, file), text)
    return await session.run(`PUT file://${join(folder, file)} @${name}_stage/in`)
  }
  return { ...session, put }
}

it('takes files by PUT, and loads them once by COPY', async () => {
  const { run, put } = await withTable('loaded')
  await put('one.csv', 'id,t,n\n1,"a ""quoted"", word",1.50\n2,,\n')
  const format = "FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"')"
  expect((await run(`COPY INTO loaded FROM @loaded_stage/in ${format}`)).rows).toMatchObject([
    { file: 'loaded_stage/in/one.csv.gz', status: 'LOADED', rows_parsed: 2, rows_loaded: 2, errors_seen: 0, first_error: null },
  ])
  expect((await run('SELECT * FROM loaded ORDER BY id')).rows).toEqual([
    { ID: 1, T: 'a "quoted", word', N: 1.5 },
    { ID: 2, T: null, N: null },
  ])
  expect((await run(`COPY INTO loaded FROM @loaded_stage/in ${format}`)).rows).toEqual([
    { status: 'Copy executed with 0 files processed.' },
  ])
  await put('two.csv', 'id,t,n\n3,c,3\n')
  expect((await run(`COPY INTO loaded FROM @loaded_stage ${format}`)).rows).toMatchObject([
    { file: 'loaded_stage/in/two.csv.gz', rows_loaded: 1 },
  ])
  await run(`COPY INTO loaded FROM @loaded_stage ${format} FORCE = TRUE`)
  expect((await run('SELECT COUNT(*) AS n FROM loaded')).rows).toEqual([{ N: 6 }])
})

it('loads nothing when a line is wrong, or goes on if it is told to', async () => {
  const { run, put } = await withTable('wrong')
  await put('wrong.csv', '1,a,1\nx,b,2\n3,c,3\n')
  expect((await refusal(run('COPY INTO wrong FROM @wrong_stage FILE_FORMAT = (TYPE = CSV)'))).code).toBe('100038')
  expect((await run('SELECT COUNT(*) AS n FROM wrong')).rows).toEqual([{ N: 0 }])
  expect((await run('COPY INTO wrong FROM @wrong_stage FILE_FORMAT = (TYPE = CSV) ON_ERROR = CONTINUE')).rows).toMatchObject([
    { status: 'PARTIALLY_LOADED', rows_parsed: 3, rows_loaded: 2, errors_seen: 1, first_error_line: 2 },
  ])
  await put('short.csv', '1,a\n')
  expect((await refusal(run('COPY INTO wrong FROM @wrong_stage FILE_FORMAT = (TYPE = CSV)'))).message).toContain(
    'Number of columns in file (2)',
  )
})

it('loads JSON by the names of its columns', async () => {
  const { run, put } = await withTable('named')
  await put('lines.json', '{"id":1,"t":"a","n":1.25}\n{"n":2,"id":2}\n')
  await run('COPY INTO named FROM @named_stage FILE_FORMAT = (TYPE = JSON) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE')
  expect((await run('SELECT * FROM named ORDER BY id')).rows).toEqual([
    { ID: 1, T: 'a', N: 1.25 },
    { ID: 2, T: null, N: 2 },
  ])
})

it('loads the columns that a query of the files selects', async () => {
  const { run, put } = await withTable('selected')
  await put('selected.csv', '1.5,a,left out,7\n')
  const { rows } = await run('COPY INTO selected (n, t, id) FROM (SELECT $1, $2, $4 FROM @selected_stage/in) FILE_FORMAT = (TYPE = CSV)')
  expect(rows).toMatchObject([{ file: 'selected_stage/in/selected.csv.gz', rows_loaded: 1 }])
  expect((await run('SELECT * FROM selected')).rows).toEqual([{ ID: 7, T: 'a', N: 1.5 }])
  const uneven = run('COPY INTO selected (n, t) FROM (SELECT $1 FROM @selected_stage/in) FILE_FORMAT = (TYPE = CSV) FORCE = TRUE')
  expect((await refusal(uneven)).message).toContain('value list does not match')
})

it('undoes a load with its transaction', async () => {
  const { run, put } = await withTable('undone')
  await put('undone.csv', '1,a,1\n')
  await run('BEGIN')
  expect((await run('COPY INTO undone FROM @undone_stage FILE_FORMAT = (TYPE = CSV)')).rows).toMatchObject([{ rows_loaded: 1 }])
  await run('ROLLBACK')
  expect((await run('SELECT COUNT(*) AS n FROM undone')).rows).toEqual([{ N: 0 }])
})

it('lists and removes the files of a stage', async () => {
  const { run, put } = await withTable('listed')
  await put('kept.csv', '1,a,1\n')
  expect((await run('LIST @listed_stage')).rows).toMatchObject([{ name: 'listed_stage/in/kept.csv.gz' }])
  expect((await run('REMOVE @listed_stage/in/kept')).rows).toEqual([{ name: 'listed_stage/in/kept.csv.gz', result: 'removed' }])
  expect((await run('LIST @listed_stage')).rows).toEqual([])
  expect(await readFile(join(folder, 'kept.csv'), 'utf8')).toBe('1,a,1\n')
})

it('refuses a stage that was not made', async () => {
  const { run } = await withTable('unstaged')
  expect((await refusal(run('LIST @nowhere'))).code).toBe('002003')
})
