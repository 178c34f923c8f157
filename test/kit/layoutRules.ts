import ts from 'typescript'
import { isCode, listStrings, walkSource } from './sourceText.ts'

/** What stands at the root besides dot-files and dot-folders. */
const ROOT_ENTRIES = [
  'README.md',
  'client',
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'schema.graphql',
  'server',
  'sql',
  'test',
  'worker',
]

/** What is missing at the root, or stands there and should not. */
export const checkRoot = (paths: readonly string[]): string[] => {
  const entries = new Set(paths.map(path => path.split('/')[0] as string).filter(entry => !entry.startsWith('.')))
  return [
    ...ROOT_ENTRIES.filter(entry => !entries.has(entry)).map(entry => `${entry} is missing at the root`),
    ...[...entries].filter(entry => !ROOT_ENTRIES.includes(entry)).map(entry => `${entry} does not belong at the root`),
  ]
}

/** A rule about one file: what is wrong with it, in words. */
export type FileRule = (path: string, text: string) => string[]

const MOST_LINES = 300

const isGenerated = (path: string): boolean => path.includes('/generated/')

export const checkLength: FileRule = (path, text) => {
  if (!/\.(ts|vue|mjs|cjs|sql|css)$/.test(path) || isGenerated(path)) return []
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  return lines > MOST_LINES ? [`${path} has ${lines} lines: ${MOST_LINES} is the most`] : []
}

const VAGUE = /^(utils?|helpers?|commons?|managers?|misc)$/i
const ENDS_VAGUELY = /[a-z](Utils?|Helpers?|Commons?|Managers?)$/

export const checkName: FileRule = path =>
  path
    .split('/')
    .map(part => part.replace(/\..*$/, ''))
    .filter(name => VAGUE.test(name) || ENDS_VAGUELY.test(name))
    .map(name => `${path}: "${name}" says nothing; name the idea`)

const MAY_HOLD_SQL = /^(sql\/store|worker\/src\/(engines|operations)|test)\//
/** Statements are written in capitals; words for people begin with one. */
const STATEMENT =
  /^\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|MERGE\s+INTO\s|WITH\s+\w+\s+AS\s*\(|(CREATE|ALTER|DROP|TRUNCATE)\s+(OR\s+REPLACE\s+)?(HYBRID\s+|UNIQUE\s+)?(TABLE|VIEW|INDEX|SCHEMA|DATABASE|ROLE|FUNCTION|EXTENSION)\b|COPY\s+\S+\s+(FROM|TO)\s|GRANT\s)/
const SMALL_STATEMENT = /^\s*(select\s[\s\S]+\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s)/

export const checkSql: FileRule = (path, text) => {
  if (!isCode(path) || isGenerated(path) || MAY_HOLD_SQL.test(path)) return []
  return listStrings(path, text)
    .filter(string => STATEMENT.test(string.text) || SMALL_STATEMENT.test(string.text))
    .map(string => `${path}:${string.line} holds SQL: "${string.text.trim().slice(0, 40)}"`)
}

const MAY_READ_ENVIRONMENT = /^(\.config|test\/kit)\/|(^|\/)(vitest\.)?config\.ts$/

export const checkEnvironment: FileRule = (path, text) => {
  if (!isCode(path) || MAY_READ_ENVIRONMENT.test(path)) return []
  const found: string[] = []
  walkSource(path, text, (node, line) => {
    const reads =
      (ts.isPropertyAccessExpression(node) && node.name.text === 'env' && node.expression.getText() === 'process') ||
      (ts.isElementAccessExpression(node) && /^process\[['"`]env['"`]\]$/.test(node.getText())) ||
      (ts.isImportSpecifier(node) && (node.propertyName ?? node.name).text === 'env' && /['"](node:)?process['"]/.test(importOf(node)))
    if (reads) found.push(`${path}:${line} reads the environment; only config.ts does`)
  })
  return found
}

const importOf = (specifier: ts.ImportSpecifier): string => specifier.parent.parent.parent.moduleSpecifier.getText()

const PURE = /^(sql\/contract\/src|server\/src\/decide|worker\/src\/(pace|measure))\//
const TIMERS = new Set(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'])
const IMPURE_MODULE = /^(node:)?(fs|net|tls|http|https|child_process|timers|perf_hooks|os|crypto|worker_threads|dgram|dns)(\/|$)|^pg$/

export const checkPurity: FileRule = (path, text) => {
  if (!isCode(path) || !PURE.test(path)) return []
  const found: string[] = []
  walkSource(path, text, (node, line) => {
    const word = impurityOf(node)
    if (word !== null) found.push(`${path}:${line} uses ${word} in a pure folder; take it as an argument`)
  })
  return found
}

const impurityOf = (node: ts.Node): string | null => {
  if (ts.isPropertyAccessExpression(node)) {
    const words = node.getText().replace(/^globalThis\./, '')
    return /^(Date\.now|performance\.(now|timeOrigin)|Math\.random|process\.hrtime|crypto\.\w+)$/.test(words) ? words : null
  }
  if (ts.isNewExpression(node)) return node.expression.getText() === 'Date' && !node.arguments?.length ? 'new Date()' : null
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return 'Date()'
  if (ts.isIdentifier(node)) return TIMERS.has(node.text) ? node.text : null
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return IMPURE_MODULE.test(node.moduleSpecifier.text) ? node.moduleSpecifier.text : null
  }
  return null
}

const MOCKS = new Set(['mock', 'doMock', 'hoisted', 'stubGlobal', 'spyOn', 'useFakeTimers'])
const LEFT_OUT = new Set(['only', 'skip', 'todo', 'fails'])

export const checkTests: FileRule = (path, text) => {
  if (!isCode(path) || !path.startsWith('test/')) return []
  const found: string[] = []
  walkSource(path, text, (node, line) => {
    if (!ts.isPropertyAccessExpression(node)) return
    const [on, name] = [node.expression.getText(), node.name.text]
    if (on === 'vi' && MOCKS.has(name)) found.push(`${path}:${line} mocks with vi.${name}; use the real thing`)
    if (/^(it|test|describe|suite|bench)\b/.test(on) && LEFT_OUT.has(name)) found.push(`${path}:${line} leaves tests out by .${name}`)
  })
  return found
}

/** Written so that this file does not find itself. */
const UNFINISHED = /\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b/

export const checkFinished: FileRule = (path, text) => {
  if (isGenerated(path) || path === 'pnpm-lock.yaml') return []
  return text
    .split('\n')
    .flatMap((words, i) => (UNFINISHED.test(words) ? [`${path}:${i + 1} is unfinished: ${UNFINISHED.exec(words)?.[0]}`] : []))
}
