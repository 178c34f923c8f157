import { type DocumentNode, type FragmentDefinitionNode, Kind, Lexer, type SelectionSetNode, Source, TokenKind } from 'graphql'
import { LIMITS, overLimit } from './limits.ts'

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

/** Before it is parsed: the parser calls itself for each bracket. @throws GraphQLError over a limit, or for what is no token */
export const boundText = (text: string): void => {
  const lexer = new Lexer(new Source(text))
  let nesting = 0
  for (let tokens = 1; ; tokens++) {
    const { kind } = lexer.advance()
    if (kind === TokenKind.EOF) return
    if (tokens > LIMITS.tokens)
      throw overLimit(`A document may have ${LIMITS.tokens} tokens, and this one has more: send several shorter ones`)
    if (OPENING.has(kind)) nesting++
    else if (CLOSING.has(kind)) nesting--
    if (nesting > LIMITS.nesting) throw overLimit(`Brackets may be nested ${LIMITS.nesting} deep: ask for less at once`)
  }
}

export interface DocumentSize {
  /** Fields below each other, fragments followed. */
  readonly depth: number
  readonly introspectionDepth: number
  /** As they are written. */
  readonly aliases: number
  readonly directives: number
  readonly fields: number
}

export const measureDocument = (document: DocumentNode): DocumentSize => {
  const fragments = new Map(document.definitions.flatMap(one => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])))
  const depths = new Map<FragmentDefinitionNode, Depths>()
  const counts = { aliases: 0, directives: 0, fields: 0 }

  const depthsOf = (set: SelectionSetNode): Depths => {
    let deepest = FLAT
    for (const selection of set.selections) {
      counts.directives += selection.directives?.length ?? 0
      if (selection.kind === Kind.FIELD) {
        counts.fields++
        if (selection.alias !== undefined) counts.aliases++
        const below = selection.selectionSet === undefined ? FLAT : depthsOf(selection.selectionSet)
        const isAboutSchema = selection.name.value.startsWith('__')
        deepest = deeper(deepest, isAboutSchema ? { data: 1, schema: 1 + below.data } : { data: 1 + below.data, schema: below.schema })
      } else if (selection.kind === Kind.INLINE_FRAGMENT) deepest = deeper(deepest, depthsOf(selection.selectionSet))
      else {
        const fragment = fragments.get(selection.name.value)
        if (fragment !== undefined) deepest = deeper(deepest, depthsOfFragment(fragment))
      }
    }
    return deepest
  }
  const depthsOfFragment = (fragment: FragmentDefinitionNode): Depths => {
    const known = depths.get(fragment)
    if (known !== undefined) return known
    // One that spreads itself is refused by the validation; here it only has to end.
    depths.set(fragment, FLAT)
    const found = depthsOf(fragment.selectionSet)
    depths.set(fragment, found)
    return found
  }

  let deepest = FLAT
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) deepest = deeper(deepest, depthsOfFragment(definition))
    else if (definition.kind === Kind.OPERATION_DEFINITION) deepest = deeper(deepest, depthsOf(definition.selectionSet))
    if ('directives' in definition) counts.directives += definition.directives?.length ?? 0
  }
  return { depth: deepest.data, introspectionDepth: deepest.schema, ...counts }
}

interface Depths {
  readonly data: number
  readonly schema: number
}

const FLAT: Depths = { data: 0, schema: 0 }
const deeper = (a: Depths, b: Depths): Depths => ({ data: Math.max(a.data, b.data), schema: Math.max(a.schema, b.schema) })

const BOUNDS: readonly { readonly of: keyof DocumentSize; readonly words: string; readonly remedy: string }[] = [
  { of: 'depth', words: 'Fields may be nested', remedy: 'ask for what is further down in a question of its own' },
  { of: 'introspectionDepth', words: 'Questions about the schema may be nested', remedy: 'ask for less, or read schema.graphql' },
  { of: 'aliases', words: 'The aliases of a document may number', remedy: 'send several documents' },
  { of: 'directives', words: 'The directives of a document may number', remedy: 'send several documents' },
  { of: 'fields', words: 'The fields of a document may number', remedy: 'send several documents' },
]

/** @throws GraphQLError over a limit */
export const boundDocument = (document: DocumentNode): void => {
  const size = measureDocument(document)
  for (const { of, words, remedy } of BOUNDS) {
    if (size[of] > LIMITS[of]) throw overLimit(`${words} ${LIMITS[of]}, and here it is ${size[of]}: ${remedy}`)
  }
}
