import { rewriteCall } from './calls.ts'
import { constantOf } from './constants.ts'
import { quoteName, quoteText, readName, toPostgresName } from './names.ts'
import { isGroup, isName, isQuery, isSymbol, isWord, type Node } from './nodes.ts'
import { readPath } from './path.ts'
import { rewriteQuery } from './query.ts'
import { SYNTAX_WORDS } from './syntaxWords.ts'
import { swapCase } from './translation.ts'
import { COMPAT, readType, type TypeText } from './types.ts'
import type { Scope, Work } from './work.ts'

const SYMBOLS: Readonly<Record<string, string>> = { '/': '* 1.0 /', '!=': '<>' }

/** Ends with something that a value cannot follow directly, so that a path or a cast belongs to the last piece. */
interface Piece {
  text: string
  /** A value, to which `::type`, `:path` and `[…]` may be attached. */
  readonly isValue: boolean
  /** It is known to be a VARIANT. */
  readonly isVariant?: boolean
}

/** An expression, or any stretch of a statement in which no table is named, in PostgreSQL's words. */
export const rewriteExpression = (nodes: readonly Node[], work: Work, scope: Scope): string => {
  const pieces: Piece[] = []
  let i = 0
  while (i < nodes.length) {
    const last = pieces.at(-1)
    const attached = last?.isValue === true ? attach(last, nodes, i, work) : null
    if (attached !== null) {
      pieces[pieces.length - 1] = attached.piece
      i = attached.next
      continue
    }
    const read = readPiece(nodes, i, work, scope)
    pieces.push(read.piece)
    i = read.next
  }
  return pieces.map(piece => piece.text).join(' ')
}

const attach = (value: Piece, nodes: readonly Node[], i: number, work: Work): { piece: Piece; next: number } | null => {
  const node = nodes[i]
  if (isSymbol(node, '::')) {
    const type = readType(work.statement.sql, nodes, i + 1)
    return {
      piece: { text: castText(value.text, type, value.isVariant === true), isValue: true, isVariant: type.family === 'VARIANT' },
      next: type.next,
    }
  }
  if (isGroup(node, '[') || (isSymbol(node, ':') && (isName(nodes[i + 1]) || nodes[i + 1]?.type === 'string'))) {
    const path = readPath(nodes, i, work)
    return {
      piece: { text: `${COMPAT}.get_element(${value.text}, ${path.elements.join(', ')})`, isValue: true, isVariant: true },
      next: path.next,
    }
  }
  return null
}

/** A cast; JSON goes to other types through its text, without quotes. */
export const castText = (value: string, type: TypeText, isVariant: boolean): string => {
  if (type.family === 'VARIANT') return isVariant ? value : `${COMPAT}.to_variant(${value})`
  if (isVariant) return `${COMPAT}.variant_text(${value})::${type.postgres}`
  return /^[\w$.]+$|^'[^']*'$|^\w+(?:\.\w+)?\([^()]*\)$/.test(value) ? `${value}::${type.postgres}` : `(${value})::${type.postgres}`
}

const readPiece = (nodes: readonly Node[], i: number, work: Work, scope: Scope): { piece: Piece; next: number } => {
  const node = nodes[i] as Node
  const one = (text: string, isValue: boolean) => ({ piece: { text, isValue }, next: i + 1 })
  switch (node.type) {
    case 'group':
      return one(rewriteGroup(node.open, node.nodes, work, scope), true)
    case 'string':
      return one(quoteText(node.value), true)
    case 'number':
      return one(node.value, true)
    case 'position':
      return one(node.value, true)
    case 'bind':
      return one(bindText(node.value, nodes[i + 1], nodes[i - 1], work), true)
    case 'symbol':
      return one(SYMBOLS[node.value] ?? node.value, false)
    case 'quoted':
      return readNamed(nodes, i, work, scope)
    case 'word':
      return readWord(nodes, i, work, scope)
  }
}

const readWord = (nodes: readonly Node[], i: number, work: Work, scope: Scope): { piece: Piece; next: number } => {
  const word = (nodes[i] as { value: string }).value
  const following = nodes[i + 1]
  if (word === 'INTERVAL' && following?.type === 'string') {
    return { piece: { text: `INTERVAL ${quoteText(following.value.replaceAll(',', ' '))}`, isValue: true }, next: i + 2 }
  }
  if (isWord(nodes[i], 'DATE', 'TIMESTAMP', 'TIME') && following?.type === 'string') {
    return { piece: { text: `${word.toLowerCase()} ${quoteText(following.value)}`, isValue: true }, next: i + 2 }
  }
  if (isWord(nodes[i], 'LIKE', 'ILIKE') && isWord(following, 'ANY', 'ALL') && isGroup(nodes[i + 2])) {
    const patterns = rewriteExpression((nodes[i + 2] as { nodes: readonly Node[] }).nodes, work, scope)
    return { piece: { text: `${word} ${(following as { value: string }).value} (ARRAY[${patterns}])`, isValue: true }, next: i + 3 }
  }
  if (isWord(nodes[i], 'RLIKE', 'REGEXP')) return { piece: { text: `OPERATOR(${COMPAT}.~=~)`, isValue: false }, next: i + 1 }
  const isPart = isSymbol(following, '.')
  const constant = isPart ? null : constantOf(word, following, work.session)
  if (constant !== null) return { piece: { text: constant.text, isValue: true }, next: i + 1 + constant.nodes }
  if (!isPart && isGroup(following) && !SYNTAX_WORDS.has(word)) {
    const call = rewriteCall(nodes, i, work, scope)
    return { piece: { text: call.text, isValue: true, isVariant: call.isVariant }, next: call.next }
  }
  if (!isPart && SYNTAX_WORDS.has(word)) {
    return { piece: { text: word, isValue: isWord(nodes[i], 'NULL', 'TRUE', 'FALSE', 'END') }, next: i + 1 }
  }
  return readNamed(nodes, i, work, scope)
}

/** A column, by the last two parts of its name; or a function in a schema. */
const readNamed = (nodes: readonly Node[], i: number, work: Work, scope: Scope): { piece: Piece; next: number } => {
  const { parts, next } = readName(work.statement.sql, nodes, i)
  if (parts.length > 1 && isGroup(nodes[next])) {
    const call = rewriteCall(nodes, next - 1, work, scope)
    return { piece: { text: call.text, isValue: true, isVariant: call.isVariant }, next: call.next }
  }
  const isStar = isSymbol(nodes[next], '.') && isSymbol(nodes[next + 1], '*')
  const names = parts.slice(isStar ? -1 : -2).map(part => quoteName(swapCase(part)))
  return { piece: { text: names.join('.') + (isStar ? '.*' : ''), isValue: true }, next: isStar ? next + 2 : next }
}

const rewriteGroup = (open: '(' | '[', nodes: readonly Node[], work: Work, scope: Scope): string => {
  if (open === '[') return `jsonb_build_array(${rewriteExpression(nodes, work, scope)})`
  return isQuery(nodes) ? `(${rewriteQuery(nodes, work, scope)})` : `(${rewriteExpression(nodes, work, scope)})`
}

/** Where PostgreSQL would not find out a type, a bind is text. */
const bindText = (number: string, following: Node | undefined, before: Node | undefined, work: Work): string => {
  if (number === '') work.binds += 1
  if (work.unbound) return 'NULL'
  const text = `$${number === '' ? work.binds : number}`
  return isWord(following, 'IS') ||
    isSymbol(following, ':') ||
    isGroup(following, '[') ||
    isSymbol(before, '||') ||
    isSymbol(following, '||')
    ? `${text}::text`
    : text
}

/** A name in a definition, as PostgreSQL has it. */
export const nameText = (node: Node | undefined, work: Work): string =>
  toPostgresName(readName(work.statement.sql, node === undefined ? [] : [node], 0).parts[0] as string)
