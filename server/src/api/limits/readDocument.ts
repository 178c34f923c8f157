import { type DocumentNode, type GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'
import { boundDocument, boundText } from './documentSize.ts'
import { LIMITS } from './limits.ts'

const MOST_KEPT = 500
const LONGEST_KEPT = 20_000

/** Documents that are within the limits, read once: the same ones come again and again. Counted before anything is validated, which is work itself. */
export interface DocumentReader {
  /** @throws GraphQLError over a limit, or for what is no GraphQL */
  read(text: string): DocumentNode
  /** The same, valid for the schema. @returns its errors instead, if it is not */
  readValid(text: string): DocumentNode | readonly GraphQLError[]
}

interface Known {
  readonly document: DocumentNode
  /** Null: not validated yet. */
  errors: readonly GraphQLError[] | null
}

export const documentReader = (schema: GraphQLSchema): DocumentReader => {
  const known = new Map<string, Known>()
  const find = (text: string): Known => {
    const before = known.get(text)
    if (before !== undefined) return before
    boundText(text)
    const document = parse(text, { maxTokens: LIMITS.tokens })
    boundDocument(document)
    const found: Known = { document, errors: null }
    if (text.length <= LONGEST_KEPT) {
      known.set(text, found)
      for (const oldest of known.keys()) {
        if (known.size <= MOST_KEPT) break
        known.delete(oldest)
      }
    }
    return found
  }
  return {
    read: text => find(text).document,
    readValid: text => {
      const found = find(text)
      found.errors ??= validate(schema, found.document)
      return found.errors.length === 0 ? found.document : found.errors
    },
  }
}
