import { type SnowflakeError, STATEMENT_TYPE } from '../sql/translation.ts'
import { column, type RowtypeColumn } from './rowtype.ts'

export type Row = readonly (string | null)[]

/** What a statement came to. */
export interface Answer {
  readonly columns: readonly RowtypeColumn[]
  readonly rows: readonly Row[]
  readonly statementTypeId: number
  /** Fields of the answer that only some commands have, such as those of PUT. */
  readonly extra?: Readonly<Record<string, unknown>>
  /** Rows that DML changed, or that the answer has. */
  readonly rowsProduced?: number
}

/** One row, one column `status`: what DDL and settings answer. */
export const statusAnswer = (text: string, statementTypeId: number = STATEMENT_TYPE.DDL): Answer => ({
  columns: STATUS_COLUMNS,
  rows: [[text]],
  statementTypeId,
})
const STATUS_COLUMNS = [column('status', 'text')]

/** Where an answer was made: what `USE` has left in force. */
export interface AnswerPlace {
  readonly database: string | null
  readonly schema: string | null
  readonly warehouse: string | null
  readonly role: string
  /** JSON of the parameter list. */
  readonly parametersJson: string
}

/** Rows that are fetched separately. */
export interface AnswerChunks {
  readonly chunks: readonly {
    readonly url: string
    readonly rowCount: number
    readonly uncompressedSize: number
    readonly compressedSize: number
  }[]
  readonly headers: Readonly<Record<string, string>>
}

/** Most statements of a run have few shapes of answer: their descriptions are turned into JSON once. */
const rowtypes = new WeakMap<readonly RowtypeColumn[], string>()
const rowtypeJson = (columns: readonly RowtypeColumn[]): string => {
  const known = rowtypes.get(columns)
  if (known !== undefined) return known
  const json = JSON.stringify(columns)
  rowtypes.set(columns, json)
  return json
}

const name = (value: string | null): string => (value === null ? 'null' : JSON.stringify(value))

/** JSON of a success. `rowtype` and `rowset` are in every one: without them the driver fails on its own. */
export const successJson = (queryId: string, answer: Answer, place: AnswerPlace, chunks: AnswerChunks | null, nowMs: number): string => {
  const total = answer.rows.length
  const rowset = chunks === null ? JSON.stringify(answer.rows) : '[]'
  let json = `{"data":{"parameters":${place.parametersJson},"rowtype":${rowtypeJson(answer.columns)},"rowset":${rowset}`
  json += `,"total":${total},"returned":${total},"queryId":"${queryId}","databaseProvider":null`
  json += `,"finalDatabaseName":${name(place.database)},"finalSchemaName":${name(place.schema)}`
  json += `,"finalWarehouseName":${name(place.warehouse)},"finalRoleName":${name(place.role)}`
  json += `,"numberOfBinds":0,"arrayBindSupported":false,"statementTypeId":${answer.statementTypeId},"version":1,"sendResultTime":${nowMs}`
  json += `,"queryResultFormat":"json","queryContext":{"entries":[{"id":0,"timestamp":${nowMs * 1000},"priority":0,"context":"CPC"}]}`
  if (chunks !== null) json += `,"chunks":${JSON.stringify(chunks.chunks)},"chunkHeaders":${JSON.stringify(chunks.headers)}`
  if (answer.extra !== undefined) json += `,${JSON.stringify(answer.extra).slice(1, -1)}`
  return `${json}},"code":null,"message":null,"success":true}`
}

/** JSON of a refused statement: HTTP 200, `success` false. */
export const refusalJson = (queryId: string, error: SnowflakeError): string =>
  JSON.stringify({
    data: {
      internalError: false,
      unredactedFromSecureObject: false,
      errorCode: error.code,
      age: 0,
      sqlState: error.sqlState,
      queryId,
      line: -1,
      pos: -1,
      type: error.message.startsWith('SQL compilation error') ? 'COMPILATION' : 'EXECUTION',
    },
    code: error.code,
    message: error.message,
    success: false,
    headers: null,
  })

/** JSON of "still running": 333333 for who waits, 333334 for who asked not to. */
export const inProgressJson = (queryId: string, code: '333333' | '333334'): string =>
  JSON.stringify({
    data: { queryId, getResultUrl: `/queries/${queryId}/result`, queryAbortsAfterSecs: 300, progressDesc: null },
    code,
    message: code === '333333' ? 'Query execution in progress.' : 'Query execution in progress. Asynchronous execution is requested.',
    success: true,
  })

/** JSON of anything that is no statement. */
export const okJson = (data: unknown): string => JSON.stringify({ data, code: null, message: null, success: true })

/** JSON of a refused request: sign-in, token, session. */
export const failJson = (code: string, message: string, data: unknown = null): string =>
  JSON.stringify({ data, code, message, success: false, headers: null })
