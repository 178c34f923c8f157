import { type InjectionKey, inject, provide } from 'vue'

/** What every field of a form needs to know of the form that it stands in. */
export interface FormContext {
  /** What is wrong with the field of this path, in words; null: nothing, or nothing that should be told yet. */
  readonly problemAt: (path: string) => string | null
  /** Worth knowing about the field, though not wrong; null: nothing. */
  readonly hintAt: (path: string) => string | null
  /** The reader has left the field. */
  readonly leave: (path: string) => void
  /** What stands in the field cannot be read, and why; null: it can be again. */
  readonly tellUnreadable: (path: string, problem: string | null) => void
  /** Fields are shown, but cannot be changed. */
  readonly isReadOnly: () => boolean
}

const KEY: InjectionKey<FormContext> = Symbol('form')

const NO_FORM: FormContext = {
  problemAt: () => null,
  hintAt: () => null,
  leave: () => undefined,
  tellUnreadable: () => undefined,
  isReadOnly: () => false,
}

export const provideForm = (form: FormContext): void => provide(KEY, form)
export const useForm = (): FormContext => inject(KEY, NO_FORM)
