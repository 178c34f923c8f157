import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { STATEMENT_TYPE, type Translation } from '../sql/translation.ts'
import type { Answer } from '../wire/answer.ts'
import { column } from '../wire/rowtype.ts'
import type { StageFolder } from './stageFolder.ts'

/** Tells the driver where to copy the files to: it does so by itself, as on a stage of type LOCAL_FS. Source: snowflake-sdk 3.3.0, file transfer. */
export const putFiles = async (stages: StageFolder, stage: string, put: Extract<Translation, { type: 'PUT' }>): Promise<Answer> => {
  const location = await stages.locate(stage, put.path)
  return {
    columns: [],
    rows: [],
    statementTypeId: STATEMENT_TYPE.SESSION,
    extra: {
      command: 'UPLOAD',
      src_locations: put.sources,
      autoCompress: put.autoCompress,
      sourceCompression: 'auto_detect',
      overwrite: true,
      parallel: 4,
      clientShowEncryptionParameter: false,
      presignedUrls: null,
      stageInfo: { locationType: 'LOCAL_FS', location, path: '', region: 'local', storageAccount: null, creds: {}, endPoint: null },
      uploadInfo: {},
      encryptionMaterial: null,
    },
  }
}

const LIST_COLUMNS = [column('name', 'text'), column('size', 'fixed'), column('md5', 'text'), column('last_modified', 'text')]

export const listStage = async (stages: StageFolder, stage: string, path: string): Promise<Answer> => {
  const rows = []
  for (const file of await stages.list(stage, path)) {
    const md5 = createHash('md5')
      .update(await readFile(file.location))
      .digest('hex')
    rows.push([file.name, String(file.size), md5, file.modifiedAt.toUTCString()])
  }
  return { columns: LIST_COLUMNS, rows, statementTypeId: STATEMENT_TYPE.SHOW }
}

const REMOVE_COLUMNS = [column('name', 'text'), column('result', 'text')]

export const removeFromStage = async (stages: StageFolder, stage: string, path: string): Promise<Answer> => {
  const rows = []
  for (const file of await stages.list(stage, path)) {
    await stages.remove(file)
    rows.push([file.name, 'removed'])
  }
  return { columns: REMOVE_COLUMNS, rows, statementTypeId: STATEMENT_TYPE.DDL }
}
