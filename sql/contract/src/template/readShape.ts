import type { z } from 'zod'
import type { Field } from './fields.ts'
import { UNREADABLE } from './fields.ts'
import type { Finding, Problem } from './problem.ts'

type Path = readonly PropertyKey[]

export interface Reading<T> {
  /** Complete; holds stand-ins where something was unreadable, so it is good for further checks only unless there are no problems. */
  readonly value: T
  readonly problems: readonly Problem[]
  /** Paths that hold stand-ins. */
  readonly unreadable: readonly string[]
  /** Of the given findings those that rest on readable fields alone. */
  readonly trust: (findings: readonly Finding[]) => Problem[]
}

/**
 * Reads `input` in the given shape and tells every problem at once: what cannot be read is set aside and the rest is read again, so that rules over
 * several fields can still be checked where their own fields are sound.
 * @param root what the paths start with, e.g. `overrides`; empty for none
 */
export const readShape = <T>(shape: Field<T>, input: unknown, root = ''): Reading<T> => {
  const problems: Problem[] = []
  const unreadable: Path[] = []
  let rest = input
  for (;;) {
    const read = shape.safeParse(rest)
    if (read.success) {
      const paths = unreadable.map(path => dotted(path, root))
      const sound = (field: string): boolean => !paths.some(path => path === '' || field === path || field.startsWith(`${path}.`))
      const trust = (findings: readonly Finding[]): Problem[] =>
        findings.filter(finding => finding.reads.every(sound)).map(({ path, message }) => ({ path, message }))
      return { value: read.data, problems, unreadable: paths, trust }
    }
    const found = read.error.issues.flatMap(issue => problemsOf(issue, root))
    if (found.length > MOST_PROBLEMS) {
      // No person has written that: the first tell enough, and what is beside them is not judged.
      problems.push(...found.slice(0, MOST_PROBLEMS))
      unreadable.push([])
      rest = UNREADABLE
      continue
    }
    for (const issue of read.error.issues) {
      if (issue.code === 'unrecognized_keys') {
        problems.push(...problemsOf(issue, root))
        for (const key of issue.keys) rest = replaceAt(rest, [...issue.path, key], undefined)
        continue
      }
      // What lies in something unreadable is only missing because of that.
      if (!unreadable.some(path => path.every((part, i) => part === issue.path[i]))) problems.push(...problemsOf(issue, root))
      unreadable.push(issue.path)
      rest = replaceAt(rest, issue.path, UNREADABLE)
    }
  }
}

const MOST_PROBLEMS = 200

const problemsOf = (issue: z.core.$ZodIssue, root: string): Problem[] => {
  if (issue.code !== 'unrecognized_keys') {
    const path = dotted(issue.path, root)
    return [{ path, message: `${path || 'The input'} ${issue.message}` }]
  }
  return issue.keys.map(key => {
    const path = dotted([...issue.path, key], root)
    return { path, message: `${path} is not a known field: remove it` }
  })
}

const dotted = (path: Path, root: string): string => [...(root === '' ? [] : [root]), ...path].map(String).join('.')

/** A copy of `value` with `put` at the path, or without that key where `put` is undefined. */
const replaceAt = (value: unknown, path: Path, put: unknown): unknown => {
  const [key, ...deeper] = path
  if (key === undefined) return put
  if (Array.isArray(value)) return [...value].map((item, i) => (i === key ? replaceAt(item, deeper, put) : item))
  const { [key]: inner, ...others } = (typeof value === 'object' ? { ...value } : {}) as Record<PropertyKey, unknown>
  return deeper.length === 0 && put === undefined ? others : { ...others, [key]: replaceAt(inner, deeper, put) }
}
