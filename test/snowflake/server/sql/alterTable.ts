import { readColumn, readKey } from './columns.ts'
import type { Definition } from './createTable.ts'
import { completeTable, quoteName, readName, shownTable, tableText, toPostgresName } from './names.ts'
import { hasWords, isName, isWord, splitBy } from './nodes.ts'
import { forgetRecords, recordKey, recordKind } from './recordTable.ts'
import { syntaxError } from './tokens.ts'
import { swapCase } from './translation.ts'
import type { Work } from './work.ts'

const DONE = 'Statement executed successfully.'

/** ADD and DROP of columns and keys, RENAME; what only concerns storage is taken and does nothing. */
export const alterTable = (work: Work): Definition => {
  const { sql, nodes } = work.statement
  const ifExists = hasWords(nodes, 2, 'IF', 'EXISTS')
  const { parts, next } = readName(sql, nodes, ifExists ? 4 : 2)
  const table = completeTable(work.session, parts)
  const kind = work.session.tableKind(table.schema, table.table)
  if (ifExists && kind === null) return { steps: ['SELECT 1'], status: DONE }
  const alter = `ALTER TABLE ${tableText(table)}`
  const done = (...steps: string[]): Definition => ({ steps: steps.length === 0 ? ['SELECT 1'] : steps, status: DONE })
  const rest = nodes.slice(next + 1)
  if (isWord(nodes[next], 'ADD')) {
    const key = readKey(rest)
    if (key !== null) {
      const add = `${alter} ADD ${key.type} (${key.columns.map(quoteName).join(', ')})`
      return done(...(kind === 'HYBRID' ? [add] : []), recordKey(table, key))
    }
    const skipped = isWord(rest[0], 'COLUMN') ? rest.slice(1) : rest
    const adds = splitBy(skipped, ',').map(column => {
      const ifNotExists = hasWords(column, 0, 'IF', 'NOT', 'EXISTS')
      return `ADD COLUMN ${ifNotExists ? 'IF NOT EXISTS ' : ''}${readColumn(ifNotExists ? column.slice(3) : column, work).text}`
    })
    return done(`${alter} ${adds.join(', ')}`)
  }
  if (isWord(nodes[next], 'DROP')) {
    const skipped = isWord(rest[0], 'COLUMN') ? rest.slice(1) : rest
    if (isWord(skipped[0], 'PRIMARY', 'UNIQUE', 'CONSTRAINT', 'CLUSTERING')) return done()
    const drops = splitBy(skipped, ',').map(column => {
      const exists = hasWords(column, 0, 'IF', 'EXISTS')
      const name = column[exists ? 2 : 0]
      if (!isName(name)) throw syntaxError(sql, nodes[next]?.at ?? 0, 'DROP')
      return `DROP COLUMN ${exists ? 'IF EXISTS ' : ''}${toPostgresName(name.value)} CASCADE`
    })
    return done(`${alter} ${drops.join(', ')}`)
  }
  if (hasWords(nodes, next, 'RENAME', 'TO')) {
    const renamed = completeTable(work.session, readName(sql, nodes, next + 2).parts)
    const steps = [
      `${alter} RENAME TO ${quoteName(renamed.table)}`,
      ...forgetRecords(table),
      recordKind(renamed, kind ?? 'STANDARD', null, null, false),
    ]
    return {
      steps,
      status: DONE,
      registers: [
        { ...table, kind: null },
        { ...renamed, kind: kind ?? 'STANDARD' },
      ],
    }
  }
  if (hasWords(nodes, next, 'RENAME', 'COLUMN') && isName(rest[1]) && isName(rest[3])) {
    return done(`${alter} RENAME COLUMN ${quoteName(swapCase(rest[1].value))} TO ${quoteName(swapCase(rest[3].value))}`)
  }
  if (isWord(nodes[next], 'SET', 'UNSET', 'CLUSTER', 'SUSPEND', 'RESUME', 'REFRESH', 'SWAP', 'ALTER', 'MODIFY')) return done()
  throw syntaxError(sql, nodes[next]?.at ?? sql.length, shownTable(table))
}
