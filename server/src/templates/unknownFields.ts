import type { Problem } from '@flakebench/contract'
import { DOCUMENT_FIELDS, type DocumentField, type DocumentFields, isFieldList, isLeaf, isObject } from './documentFields.ts'

export interface KnownFields {
  readonly value: Readonly<Record<string, unknown>>
  /** One for each field that a template does not have. */
  readonly problems: readonly Problem[]
}

const MOST_TOLD = 20

/** A document without the fields that no template has; each is a problem, which names the field that was meant where one is like it. */
export const takeKnownFields = (document: Readonly<Record<string, unknown>>): KnownFields => {
  const problems: Problem[] = []
  let untold = 0
  const known = (fields: DocumentFields, value: Readonly<Record<string, unknown>>, path: readonly string[]): Record<string, unknown> => {
    const kept: Record<string, unknown> = {}
    for (const [name, inner] of Object.entries(value)) {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      const place = [...path, name]
      if (field === undefined && problems.length >= MOST_TOLD) untold += 1
      else if (field === undefined) problems.push(unknownField(place, fields))
      else kept[name] = knownValue(field, inner, place)
    }
    return kept
  }
  // What is no list or no object where one must be is for the contract to tell.
  const knownValue = (field: DocumentField, value: unknown, path: readonly string[]): unknown => {
    if (isLeaf(field)) return value
    if (!isFieldList(field)) return isObject(value) ? known(field, value, path) : value
    if (!Array.isArray(value)) return value
    return value.map((item, i) => (isObject(item) ? known(field.each, item, [...path, String(i)]) : item))
  }
  const value = known(DOCUMENT_FIELDS, document, [])
  const more = untold === 0 ? [] : [{ path: '', message: `${untold} more fields are not fields of a template: remove them` }]
  return { value, problems: [...problems, ...more] }
}

const unknownField = (path: readonly string[], siblings: DocumentFields): Problem => {
  const name = path.at(-1) as string
  const section = path.slice(0, -1)
  const meant = name === 'connectionId' ? null : (nearestOf(name, Object.keys(siblings)) ?? null)
  const place = dotted(path)
  return {
    path: place,
    message: `${place} is not a field of a template: ${adviceOf(name, meant === null ? null : dotted([...section, meant]))}`,
  }
}

const adviceOf = (name: string, meant: string | null): string => {
  if (name === 'connectionId') return 'name the connection in target.connection'
  if (meant !== null) return `did you mean ${meant}?`
  const elsewhere = FIELD_PLACES.get(plain(name))
  return elsewhere === undefined ? 'remove it' : `did you mean ${elsewhere}?`
}

const LONGEST_SHOWN = 60

/** A field of a document may have any name; it is shown short enough to be read. */
const dotted = (path: readonly string[]): string =>
  path.map(part => (part.length > LONGEST_SHOWN ? `${part.slice(0, LONGEST_SHOWN - 1)}…` : part)).join('.')

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** Where each field stands that no other has the name of. */
const FIELD_PLACES: ReadonlyMap<string, string> = (() => {
  const places = new Map<string, string | null>()
  const walk = (fields: DocumentFields, path: readonly string[]): void => {
    for (const [name, field] of Object.entries(fields)) {
      const place = [...path, name]
      places.set(plain(name), places.has(plain(name)) ? null : place.join('.'))
      if (!isLeaf(field) && !isFieldList(field)) walk(field, place)
    }
  }
  walk(DOCUMENT_FIELDS, [])
  return new Map([...places].flatMap(([name, place]) => (place === null ? [] : [[name, place]])))
})()

/** The one that differs by the fewest letters, by a third of the longer name at most, or that begins as this one. */
const nearestOf = (name: string, names: readonly string[]): string | undefined => {
  if (name.length > LONGEST_SHOWN) return undefined
  const given = plain(name)
  const [nearest] = names
    .map(candidate => ({ candidate, other: plain(candidate), distance: distanceOf(given, plain(candidate)) }))
    .filter(({ other, distance }) => distance <= Math.max(given.length, other.length) / 3 || (given.length > 2 && other.startsWith(given)))
    .sort((a, b) => a.distance - b.distance)
  return nearest?.candidate
}

/** Letters to put in, take out, change or swap with the next. Source: optimal string alignment, by Wagner and Fischer's table. */
const distanceOf = (a: string, b: string): number => {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number): number => rows[i]?.[j] as number
  for (let i = 1; i <= a.length; i++) {
    rows.push([i])
    for (let j = 1; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwapped ? at(i - 2, j - 2) + 1 : changed
      rows[i]?.push(Math.min(changed, swapped, at(i - 1, j) + 1, at(i, j - 1) + 1))
    }
  }
  return at(a.length, b.length)
}
