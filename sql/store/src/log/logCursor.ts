/** Where a line stands among those of its run: by when it was written, then by id. */
export interface LogCursor {
  readonly insertedAtMs: number
  readonly id: string
}

export const logCursor = ({ insertedAtMs, id }: LogCursor): string => `${insertedAtMs.toString(36)}.${id}`

/** @throws RangeError for a text that `logCursor` never makes */
export const readLogCursor = (text: string): LogCursor => {
  const [moment, id] = /^([0-9a-z]{1,10})\.([0-9A-Z]{26})$/.exec(text)?.slice(1) ?? []
  if (moment === undefined || id === undefined) throw new RangeError(`"${text}" is no cursor of a log line: send one as it was received`)
  return { insertedAtMs: Number.parseInt(moment, 36), id }
}
