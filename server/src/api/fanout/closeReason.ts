/** A close frame has room for 123 bytes. */
const MOST_BYTES = 123
const CUT_SHORT = '…'

/** Words with which a socket may be closed: with more of them it would throw instead. */
export const closeReason = (words: string): string => {
  const bytes = Buffer.from(words)
  if (bytes.length <= MOST_BYTES) return words
  const kept = bytes.subarray(0, MOST_BYTES - Buffer.byteLength(CUT_SHORT)).toString('utf8')
  // Half a character at its end.
  return `${kept.replace(/\uFFFD$/, '')}${CUT_SHORT}`
}
