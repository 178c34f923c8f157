import { readTokens, syntaxError, type Token } from './tokens.ts'

/** What stands in parentheses or brackets. */
export interface Group {
  readonly type: 'group'
  readonly open: '(' | '['
  readonly nodes: readonly Node[]
  readonly at: number
  readonly end: number
}

export type Node = Token | Group

export interface Statement {
  readonly sql: string
  readonly nodes: readonly Node[]
}

/** The statements of a text, each as a tree of parentheses. */
export const readStatements = (sql: string): Statement[] => {
  const tokens = readTokens(sql)
  let i = 0
  const readUntil = (close: string | null, from: number): Node[] => {
    const nodes: Node[] = []
    while (i < tokens.length) {
      const token = tokens[i] as Token
      i += 1
      if (token.type !== 'symbol') nodes.push(token)
      else if (token.value === '(' || token.value === '[') {
        const inner = readUntil(token.value === '(' ? ')' : ']', token.at)
        nodes.push({ type: 'group', open: token.value, nodes: inner, at: token.at, end: (tokens[i - 1] as Token).end })
      } else if (token.value === close) return nodes
      else if (token.value === ')' || token.value === ']') throw syntaxError(sql, token.at, token.value)
      else nodes.push(token)
    }
    if (close !== null) throw syntaxError(sql, from, '<EOF>')
    return nodes
  }
  return splitBy(readUntil(null, 0), ';')
    .filter(nodes => nodes.length > 0)
    .map(nodes => ({ sql, nodes }))
}

export const isWord = (node: Node | undefined, ...words: readonly string[]): boolean =>
  node?.type === 'word' && (words.length === 0 || words.includes(node.value))

export const isSymbol = (node: Node | undefined, ...symbols: readonly string[]): boolean =>
  node?.type === 'symbol' && symbols.includes(node.value)

export const isGroup = (node: Node | undefined, open: Group['open'] = '('): node is Group => node?.type === 'group' && node.open === open

/** A name, plain or quoted. */
export const isName = (node: Node | undefined): node is Token & { readonly type: 'word' | 'quoted' } =>
  node?.type === 'word' || node?.type === 'quoted'

/** Whether these words stand at `at`, in this order. */
export const hasWords = (nodes: readonly Node[], at: number, ...words: readonly string[]): boolean =>
  words.every((word, i) => isWord(nodes[at + i], word))

export const splitBy = (nodes: readonly Node[], symbol: string): Node[][] => {
  const parts: Node[][] = [[]]
  for (const node of nodes) {
    if (isSymbol(node, symbol)) parts.push([])
    else (parts.at(-1) as Node[]).push(node)
  }
  return parts
}

/** The arguments of a call: none for `()`. */
export const argumentsOf = (group: Group): Node[][] => (group.nodes.length === 0 ? [] : splitBy(group.nodes, ','))

/** Whether parentheses hold a query. */
export const isQuery = (nodes: readonly Node[]): boolean => {
  const [first] = nodes
  if (isGroup(first)) return isQuery(first.nodes) && nodes.slice(1).some(node => isWord(node, 'UNION', 'INTERSECT', 'EXCEPT', 'MINUS'))
  return isWord(first, 'SELECT', 'WITH')
}

/** The text of nodes as it was written. */
export const sourceOf = (sql: string, nodes: readonly Node[]): string => {
  const first = nodes[0]
  const last = nodes.at(-1)
  return first === undefined || last === undefined ? '' : sql.slice(first.at, last.end)
}
