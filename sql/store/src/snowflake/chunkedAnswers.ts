/**
 * The start of a list of files in an answer. ⚠ Never part of a row: whatever stands between quotes in JSON has its own quotes escaped, so that neither
 * the word's quotes nor the bracket can follow each other there.
 */
const FILES = /"chunks"\s*:\s*\[\s*\{/

/** Whether a statement's answer, as it came, goes on in files of its own: the driver does not say, and to find out it would turn every row into values. */
export const goesOnInFiles = (answer: string): boolean => FILES.test(answer)
