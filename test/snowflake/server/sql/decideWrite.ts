import { shownTable } from './names.ts'
import { refuse } from './strictRules.ts'
import type { TableName } from './translation.ts'
import type { Work } from './work.ts'

/** @throws in strict mode when a table of this kind cannot be changed so */
export const refuseWrite = (work: Work, table: TableName, by: string): void => {
  const name = shownTable(table)
  switch (work.session.tableKind(table.schema, table.table)) {
    case 'INTERACTIVE':
      if (by !== 'INSERT OVERWRITE') refuse(work, 'write of interactive table', name)
      break
    case 'DYNAMIC':
      refuse(work, 'write of dynamic table', name)
      break
    case 'VIEW':
      refuse(work, 'write of view', name)
      break
  }
}
