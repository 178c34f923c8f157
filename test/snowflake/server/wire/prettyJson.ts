import type { Reply } from './reply.ts'

/** The same answer with white space wherever JSON allows it. */
export const prettyJson = ({ json, isChunk }: Reply): string => {
  // Rows of a chunk come without the brackets around them all.
  const text = JSON.stringify(JSON.parse(isChunk === true ? `[${json}]` : json), null, 2).replace(/^( *"(?:[^"\\]|\\.)*"):/gm, '$1 :')
  return isChunk === true ? text.slice(1, -1) : `\n${text}\n`
}
