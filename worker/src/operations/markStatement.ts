import type { OperationKind } from '@flakebench/contract'

const FIRST_KEYWORD = /^((?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*[A-Za-z]+)/

/**
 * Marks a statement for whoever reads the server's activity or log. The mark stands after the first keyword: a leading comment is dropped by Snowflake.
 */
export const markStatement = (sql: string, kind: OperationKind): string => sql.replace(FIRST_KEYWORD, `$1 /*flakebench kind=${kind}*/`)
