import type { LookupKey } from '@flakebench/contract'

/** How an engine calls what keeps values unique: `key` in "no primary key and no unique index". */
export type UniqueWord = 'unique index' | 'unique key'

const SEVERAL = 'and may find several rows.'

/** By which column lookups find rows, where that is not a primary key of one column. @param isTable of a view nobody expects a key */
export const lookupHints = (lookup: LookupKey | null, unique: UniqueWord, isTable: boolean): string[] => {
  if (lookup === null) return []
  const { column, reason, isWholeKey } = lookup
  if (reason === 'PRIMARY_KEY')
    return isWholeKey ? [] : [`Its primary key has several columns: lookups use the first one, ${column}, ${SEVERAL}`]
  if (reason === 'UNIQUE_KEY')
    return [
      isWholeKey
        ? `It has no primary key: lookups use ${column}, by its ${unique}.`
        : `It has no primary key: lookups use ${column}, the first column of a ${unique}, ${SEVERAL}`,
    ]
  const chosen = `${column}, ${reason === 'NAME' ? 'because of its name' : 'its first column'}, ${SEVERAL}`
  return [isTable ? `It has no primary key and no ${unique}: lookups use ${chosen}` : `Lookups use ${chosen}`]
}
