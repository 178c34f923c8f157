import { randomUUID } from 'node:crypto'
import { canceledByUser } from '../execution/cancellation.ts'
import { runStatement } from '../execution/runStatement.ts'
import type { Service } from '../execution/service.ts'
import { createStatement, type Statement, type StatementRequest } from '../execution/statement.ts'
import { withStatementParameters } from '../sessions/parameters.ts'
import type { Session } from '../sessions/session.ts'
import { failJson, inProgressJson, okJson } from './answer.ts'
import type { ServerCounts } from './counts.ts'
import type { Reply, WireRequest } from './reply.ts'

/** `POST /queries/v1/query-request`: executed once for each request id, however often it comes. */
export const receiveStatement = async (
  service: Service,
  counts: ServerCounts,
  session: Session,
  { target, body }: WireRequest,
): Promise<Reply> => {
  const request = body as StatementRequest
  const requestId = target.parameter('requestId') ?? randomUUID()
  const known = service.statements.byRequestId(requestId)
  if (known !== null) {
    known.receipts.times++
    counts.retries++
    return await awaitAnswer(service, known)
  }
  if (service.throttle.isOver()) return { json: failJson('429', 'Too many requests.'), status: 429 }
  counts.statements++
  const parameters = withStatementParameters(session.parameters, request.parameters)
  const statement = createStatement(randomUUID(), requestId, session, request, parameters)
  service.statements.add(statement)
  session.tail = session.tail.then(() => runStatement(service, statement))
  if (request.asyncExec === true) return { json: inProgressJson(statement.id, '333334') }
  return await awaitAnswer(service, statement)
}

/** `GET /queries/<id>/result` */
export const pollStatement = async (service: Service, counts: ServerCounts, id: string): Promise<Reply> => {
  counts.polls++
  const statement = service.statements.byId(id)
  if (statement === null)
    return { json: failJson('000709', `Statement ${id} not found`, { queryId: id, sqlState: '02000', errorCode: '000709' }) }
  return await awaitAnswer(service, statement)
}

/** The answer when it is there in time, else that it is on its way. */
const awaitAnswer = async (service: Service, statement: Statement): Promise<Reply> => {
  if (statement.answerJson === null) await doneWithin(statement, service.dials.holdMs)
  return { json: statement.answerJson ?? inProgressJson(statement.id, '333333'), statement }
}

const doneWithin = async (statement: Statement, ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([statement.done, late])
  clearTimeout(timer)
}

/** `POST /queries/<id>/abort-request`, or `/queries/v1/abort-request` with a request id. */
export const abortStatement = (service: Service, counts: ServerCounts, id: string, { body }: WireRequest): Reply => {
  counts.aborts++
  const requestId = (body as { readonly requestId?: string }).requestId
  const statement = id === 'v1' ? service.statements.byRequestId(requestId ?? '') : service.statements.byId(id)
  if (statement === null || statement.state === 'DONE') {
    return {
      json: failJson('000605', 'Identified SQL statement is not currently executing.', {
        queryId: id,
        sqlState: '57014',
        errorCode: '000605',
      }),
    }
  }
  statement.cancellation.cancel(canceledByUser())
  return { json: okJson(null) }
}

/** `GET /monitoring/queries/<id>` */
export const describeStatement = (service: Service, id: string): Reply => {
  const statement = service.statements.byId(id)
  if (statement === null) return { json: okJson({ queries: [] }) }
  const { refusal } = statement
  const status =
    statement.state === 'DONE' ? (refusal === null ? 'SUCCESS' : 'FAILED_WITH_ERROR') : statement.state === 'WAITING' ? 'QUEUED' : 'RUNNING'
  return {
    json: okJson({
      queries: [
        {
          id,
          status,
          state: statement.state === 'DONE' ? (refusal === null ? 'SUCCEEDED' : 'FAILED') : 'RUNNING',
          sqlText: statement.text,
          sessionId: statement.session.id,
          startTime: statement.receivedAtMs,
          errorCode: refusal?.code ?? null,
          errorMessage: refusal?.message ?? null,
        },
      ],
    }),
  }
}
