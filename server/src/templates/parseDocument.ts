import type { Problem } from '@flakebench/contract'
import { type Document, isMap, isScalar, LineCounter, parseDocument as parseYaml, visit, type YAMLMap } from 'yaml'
import { isObject } from './documentFields.ts'

export const MOST_DOCUMENT_KB = 256
/** Of the values of a document, aliases counted as often as they stand for something: more than one of that size can hold by itself. */
const MOST_VALUES = 150_000
const MOST_ALIASES = 100
const MOST_PROBLEMS = 10

export type Parsed =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const refused = (...messages: readonly string[]): Parsed => ({ ok: false, problems: messages.map(message => ({ path: '', message })) })

/** A document's fields, of YAML 1.2 (core schema, without tags of its own) or JSON; or where it cannot be read, and why. */
export const parseDocument = (text: string): Parsed => {
  const kilobytes = Math.ceil(Buffer.byteLength(text) / 1024)
  if (kilobytes > MOST_DOCUMENT_KB) return refused(`A document has at most ${MOST_DOCUMENT_KB} KB; this one has ${kilobytes}`)
  try {
    return parseText(text)
  } catch (error) {
    // What comes after the reader takes a call for each level, too.
    if (error instanceof RangeError) return refused(TOO_DEEP)
    throw error
  }
}

const parseText = (text: string): Parsed => {
  const lines = new LineCounter()
  const document = parseYaml(text, {
    schema: 'core',
    version: '1.2',
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    intAsBigInt: true,
    logLevel: 'error',
  })
  const { aliases, faults: own } = lookThrough(document)
  const faults = [...document.errors, ...document.warnings].map(({ pos: [at], message }) => ({ at, message }))
  // Of what is said of one place the first: the rest follows from it.
  const first = [...faults, ...own].slice(0, MOST_PROBLEMS * 5)
  const all = first.filter(({ at }, i) => first.findIndex(other => other.at === at) === i).slice(0, MOST_PROBLEMS)
  if (all.length > 0) {
    const place = (at: number): string => `Line ${lines.linePos(at).line}, column ${lines.linePos(at).col}`
    return refused(...all.map(({ at, message }) => `${place(at)}: ${inWords(message)}`))
  }
  const value = aliases > MOST_ALIASES ? TOO_LARGE : expand(document)
  if (value === TOO_LARGE || !fits(value))
    return refused('The document repeats parts of itself (*name) too often: write them out, or leave them out')
  if (value === null || value === undefined) return refused('The document is empty: it must hold the fields of a template')
  return isObject(value) ? { ok: true, value } : refused('The document must hold the fields of a template: name, target, operations, …')
}

interface Fault {
  readonly at: number
  readonly message: string
}

/**
 * What the reader leaves to others, or would take the square of a document's size for: aliases of nothing, fields that are there twice, and whole numbers
 * that would become others. Those that are sound are numbers from here on.
 */
const lookThrough = (document: Document): { readonly aliases: number; readonly faults: readonly Fault[] } => {
  const names = new Set<string>()
  const faults: Fault[] = []
  let aliases = 0
  visit(document, {
    Value: (_, node) => {
      if (node.anchor !== undefined) names.add(node.anchor)
      if (isScalar(node) && typeof node.value === 'bigint') {
        if (!Number.isSafeInteger(Number(node.value))) faults.push({ at: node.range?.[0] ?? 0, message: inexact(node.source ?? '') })
        node.value = Number(node.value)
      }
      if (isMap(node)) faults.push(...repeatedKeys(node))
    },
    Alias: (_, { source, range }) => {
      aliases += 1
      if (!names.has(source))
        faults.push({ at: range?.[0] ?? 0, message: `*${source} stands for nothing: no part before it is named &${source}` })
    },
  })
  return { aliases, faults }
}

const inexact = (written: string): string =>
  `${written.length > 40 ? `${written.slice(0, 39)}…` : written} cannot be kept exactly: whole numbers go up to ${Number.MAX_SAFE_INTEGER}: write a larger value in quotes`

const repeatedKeys = ({ items }: YAMLMap): Fault[] => {
  const seen = new Set<unknown>()
  return items.flatMap(({ key }) => {
    if (!isScalar(key)) return []
    const name = String(key.value)
    if (seen.has(name)) return [{ at: key.range?.[0] ?? 0, message: `${JSON.stringify(name.slice(0, 60))} is there twice: leave one out` }]
    seen.add(name)
    return []
  })
}

const TOO_LARGE = Symbol('too large')

const expand = (document: Document): unknown => {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES })
  } catch (error) {
    // How the reader says that aliases stand for too much.
    if (error instanceof ReferenceError) return TOO_LARGE
    throw error
  }
}

/** Whether all values, each as often as it is reached, are as many as a document can hold. */
const fits = (value: unknown): boolean => {
  let left = MOST_VALUES
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    left -= 1
    if (left < 0) return false
    if (typeof next === 'object' && next !== null) {
      for (const inner of Object.values(next)) waiting.push(inner)
      if (waiting.length > left) return false
    }
  }
  return true
}

const TOO_DEEP = 'The document is nested too deeply for a template'

/** The reader's own words, without a full stop and without advice to programmers. It takes a call for each level, and says so. */
const inWords = (message: string): string =>
  message.startsWith('Maximum call stack') ? TOO_DEEP : (message.trim().split(';')[0]?.replace(/\.$/, '') ?? message)
