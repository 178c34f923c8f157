export const EXECUTION_SORT_FIELDS = ['END', 'RESPONSE'] as const
export type ExecutionSortField = (typeof EXECUTION_SORT_FIELDS)[number]

/** In which order executions are listed; those that are equal, by id. */
export interface ExecutionSort {
  readonly field: ExecutionSortField
  readonly direction: 'ASC' | 'DESC'
}

/** Where an execution stands in a sort: by its value, then by id. */
export interface ExecutionPlace {
  readonly value: number
  readonly id: string
}

/** Says the sort, too: in another one the place means nothing. */
export const executionCursor = ({ field, direction }: ExecutionSort, { value, id }: ExecutionPlace): string =>
  Buffer.from(`${field}/${direction}/${value}/${id}`).toString('base64url')

const FORM = /^(END|RESPONSE)\/(ASC|DESC)\/(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\/(.{1,100})$/s

/** Beyond any moment and any response time. */
const LARGEST_MS = 1e15

/** @throws RangeError for a text that is no cursor, or one of another sort */
export const readExecutionCursor = (text: string, { field, direction }: ExecutionSort): ExecutionPlace => {
  const [ofField, ofDirection, value, id] = FORM.exec(Buffer.from(text, 'base64url').toString())?.slice(1) ?? []
  if (value === undefined || id === undefined || id.includes('\0') || !(Math.abs(Number(value)) <= LARGEST_MS))
    throw new RangeError(`"${text.slice(0, 200)}" is no cursor of an execution: send one as it was received`)
  if (ofField !== field || ofDirection !== direction) {
    throw new RangeError(
      `The cursor is of executions sorted by ${ofField} ${ofDirection}: leave it out to begin anew by ${field} ${direction}`,
    )
  }
  return { value: Number(value), id }
}
