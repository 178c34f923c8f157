import { SnowflakeError, STATEMENT_TYPE, type Translation } from '../sql/translation.ts'
import { copyIntoTable } from '../stages/copyIntoTable.ts'
import { namedStage } from '../stages/namedStage.ts'
import { listStage, putFiles, removeFromStage } from '../stages/stageCommands.ts'
import { showWarehouses } from '../warehouses/showWarehouses.ts'
import { type Answer, statusAnswer } from '../wire/answer.ts'
import { answerColumn, column } from '../wire/rowtype.ts'
import { queryHistory } from './queryHistory.ts'
import { runOnPostgres } from './runOnPostgres.ts'
import type { Service } from './service.ts'
import type { Statement } from './statement.ts'
import { beginTransaction, endTransaction } from './transactions.ts'
import type { Plan } from './translations.ts'

type Of<Type extends Translation['type']> = Extract<Translation, { type: Type }>

const DONE = 'Statement executed successfully.'

/** Does what a statement was understood to ask for. */
export const runTranslation = async (service: Service, statement: Statement, plan: Plan): Promise<Answer> => {
  const { translation } = plan
  const { session } = statement
  switch (translation.type) {
    case 'POSTGRES':
      return await runOnPostgres(service, statement, plan)
    case 'PARAMETERS':
      for (const { name, value } of translation.set) session.setParameter(name.toUpperCase(), value)
      return statusAnswer(DONE, STATEMENT_TYPE.SESSION)
    case 'USE':
      return await use(service, statement, translation)
    case 'TRANSACTION':
      if (translation.action === 'BEGIN') await beginTransaction(session)
      else await endTransaction(service, session, translation.action)
      return statusAnswer(DONE, STATEMENT_TYPE.SESSION)
    case 'SHOW_WAREHOUSES':
      return showWarehouses(service.warehouses.list(), translation.like, session)
    case 'ALTER_WAREHOUSE':
      service.warehouses.alter(translation.name, translation.action)
      return statusAnswer(DONE)
    case 'QUERY_HISTORY':
      return await queryHistory(service, statement, translation)
    case 'WAIT':
      await statement.cancellation.sleep(translation.ms)
      return {
        columns: [column('SYSTEM$WAIT', 'text')],
        rows: [[`waited ${translation.ms / 1000} seconds`]],
        statementTypeId: STATEMENT_TYPE.SELECT,
      }
    case 'PUT':
      return await putFiles(service.stages, await namedStage(service, session, translation.stage), translation)
    case 'COPY':
      return await copyIntoTable(service, statement, translation)
    case 'LIST_STAGE':
      return await listStage(service.stages, await namedStage(service, session, translation.stage), translation.path)
    case 'REMOVE_STAGE':
      return await removeFromStage(service.stages, await namedStage(service, session, translation.stage), translation.path)
    case 'ANSWER':
      return { columns: translation.columns.map(answerColumn), rows: translation.rows, statementTypeId: STATEMENT_TYPE.SELECT }
  }
}

const use = async (service: Service, { session }: Statement, { object, names }: Of<'USE'>): Promise<Answer> => {
  const [first = '', second] = names
  switch (object) {
    case 'DATABASE':
      if (!(await service.catalog.hasDatabase(first))) throw doesNotExist()
      session.database = first
      session.schema = (await service.catalog.hasSchema(first, 'PUBLIC')) ? 'PUBLIC' : null
      break
    case 'SCHEMA': {
      const database = second === undefined ? session.database : first
      const schema = second ?? first
      if (database === null || !(await service.catalog.hasSchema(database, schema))) throw doesNotExist()
      session.database = database
      session.schema = schema
      break
    }
    case 'WAREHOUSE':
      if (service.warehouses.find(first) === null) throw doesNotExist()
      session.warehouse = first
      break
    case 'ROLE':
      if (session.roles !== null && !session.roles.includes(first)) {
        // The code is a guess.
        throw new SnowflakeError(
          '003013',
          '42501',
          `SQL access control error:\nRequested role '${first}' is not assigned to the executing user.`,
        )
      }
      session.role = first
  }
  return statusAnswer(DONE, STATEMENT_TYPE.SESSION)
}

const doesNotExist = (): SnowflakeError =>
  new SnowflakeError('002043', '02000', 'SQL compilation error:\nObject does not exist, or operation cannot be performed.')
