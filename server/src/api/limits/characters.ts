import { GraphQLError } from 'graphql'

/** As a document writes U+0000 in a text: the character itself, or escaped. */
const NUL_IN_DOCUMENT = /\0|(?<!\\)(?:\\\\)*\\u(?:0000|\{0+\})/

/** No database can keep a text with the character U+0000, and some cannot even be asked for one. @throws GraphQLError for one in a document or its variables */
export const refuseNul = (document: string, variables: unknown): void => {
  if (!NUL_IN_DOCUMENT.test(document) && !hasNul(variables)) return
  throw new GraphQLError('A text may have every character but U+0000: leave it out', {
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  })
}

/** Without calling itself: a list in a list in a list may be as deep as its sender likes. */
const hasNul = (variables: unknown): boolean => {
  const left: unknown[] = [variables]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value === 'string') {
      if (value.includes('\0')) return true
    } else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) left.push(one)
  }
  return false
}
