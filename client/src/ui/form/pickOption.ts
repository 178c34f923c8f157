/** One entry of a list to pick from; what it is called is what stands in the field. */
export interface PickOption {
  readonly key: string
  readonly note?: string | null
}
