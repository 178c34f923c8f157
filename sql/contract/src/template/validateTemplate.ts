import { fillIn } from './fillIn.ts'
import { fixedFindings, loadFindings } from './loadRules.ts'
import { modeFindings } from './modeRules.ts'
import { canonicalFindings, genericFindings, readOnlyFindings, weightFindings } from './operationRules.ts'
import type { Finding, Problem } from './problem.ts'
import { readShape } from './readShape.ts'
import { templateShape } from './shape.ts'
import { listFindings, sloFindings, targetFindings } from './targetRules.ts'
import type { Template } from './template.ts'

/** Any field may be left out or null. */
export type Sent<T> = T extends readonly (infer Item)[]
  ? readonly Sent<Item>[]
  : T extends object
    ? { readonly [K in keyof T]?: Sent<T[K]> | null | undefined }
    : T

/** What a person may send: any field may be left out or null, both mean the default (or not set). -1 stands for no limit in the fields that have none. */
export type TemplateInput = Sent<Template>

export type Validation = { readonly ok: true; readonly template: Template } | { readonly ok: false; readonly problems: readonly Problem[] }

const RULES: readonly ((template: Template) => Finding[])[] = [
  targetFindings,
  listFindings,
  weightFindings,
  readOnlyFindings,
  canonicalFindings,
  genericFindings,
  loadFindings,
  modeFindings,
  sloFindings,
]

/**
 * Reads a template as it was sent (see `TemplateInput`; anything else is refused too): complete, or with every problem at once. A template that has been
 * read once is read again as itself.
 */
export const validateTemplate = (input: unknown): Validation => {
  const { template, problems } = judgeTemplate(input)
  return problems.length === 0 ? { ok: true, template } : { ok: false, problems }
}

/** A template with all that is wrong with it. */
export interface JudgedTemplate {
  /** Where there are problems, as far as it can be read. */
  readonly template: Template
  readonly problems: readonly Problem[]
  /** Paths that could not be read: there the template holds something harmless in their place. */
  readonly unreadable: readonly string[]
}

/** As `validateTemplate`, for those who have something to tell of a template that is not right yet. */
export const judgeTemplate = (input: unknown): JudgedTemplate => {
  const { value, problems, unreadable, trust } = readShape(templateShape, input)
  const template = fillIn(value)
  return { template, unreadable, problems: [...problems, ...trust([...fixedFindings(value), ...RULES.flatMap(rule => rule(template))])] }
}
