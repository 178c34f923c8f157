import { rewriteExpression } from './expression.ts'
import { BUILT_IN, COMPAT_FUNCTIONS, VARIANT_FUNCTIONS } from './functions.ts'
import { argumentsOf, type Group, hasWords, isGroup, isQuery, isWord, type Node } from './nodes.ts'
import { rewriteQuery } from './query.ts'
import { SPECIAL_CALLS } from './specialCalls.ts'
import { refuse } from './strictRules.ts'
import { COMPAT } from './types.ts'
import type { Scope, Work } from './work.ts'

/** A call as it was written, for those that are not a matter of the name alone. */
export interface Call {
  readonly name: string
  readonly raw: readonly (readonly Node[])[]
  /** What stands in WITHIN GROUP ( … ), rewritten. */
  readonly within: string | null
  readonly isDistinct: boolean
  readonly work: Work
  readonly scope: Scope
}

/** The function call at `i`, with the WITHIN GROUP that may follow. */
export const rewriteCall = (
  nodes: readonly Node[],
  i: number,
  work: Work,
  scope: Scope,
): { text: string; next: number; isVariant: boolean } => {
  const name = (nodes[i] as { value: string }).value
  const group = nodes[i + 1] as Group
  const withinGroup = hasWords(nodes, i + 2, 'WITHIN', 'GROUP') && isGroup(nodes[i + 4]) ? (nodes[i + 4] as Group) : null
  const within = withinGroup === null ? null : rewriteExpression(withinGroup.nodes, work, scope)
  const isDistinct = isWord(group.nodes[0], 'DISTINCT')
  const raw = argumentsOf(isDistinct ? { ...group, nodes: group.nodes.slice(1) } : group)
  const next = i + 2 + (withinGroup === null ? 0 : 3)
  const isVariant = VARIANT_FUNCTIONS.has(name)
  const special = SPECIAL_CALLS[name]
  if (special !== undefined) return { text: special({ name, raw, within, isDistinct, work, scope }), next, isVariant }
  const args = raw.map(argument => (isQuery(argument) ? rewriteQuery(argument, work, scope) : rewriteExpression(argument, work, scope)))
  const inside = `${isDistinct ? 'DISTINCT ' : ''}${args.join(', ')}`
  const tail = within === null ? '' : ` WITHIN GROUP (${within})`
  return { text: `${functionText(name, work)}(${inside})${tail}`, next, isVariant }
}

const functionText = (name: string, work: Work): string => {
  const compat = COMPAT_FUNCTIONS.get(name)
  if (compat !== undefined) return `${COMPAT}.${compat}`
  const builtIn = BUILT_IN.get(name)
  if (builtIn !== undefined) return builtIn
  refuse(work, 'unknown function', name)
  return name.toLowerCase()
}
