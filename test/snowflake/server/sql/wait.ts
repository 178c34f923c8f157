import { argumentsOf, isGroup, isWord, type Statement } from './nodes.ts'
import type { Translation } from './translation.ts'

const MS: Readonly<Record<string, number>> = { MILLISECONDS: 1, SECONDS: 1_000, MINUTES: 60_000, HOURS: 3_600_000, DAYS: 86_400_000 }

/** SELECT SYSTEM$WAIT(n [, 'SECONDS']) or CALL SYSTEM$WAIT(…), alone; null for anything else. */
export const readWait = ({ nodes }: Statement): Translation | null => {
  const [verb, name, group] = nodes
  if (nodes.length !== 3 || !isWord(verb, 'SELECT', 'CALL') || !isWord(name, 'SYSTEM$WAIT') || !isGroup(group)) return null
  const [amount, unit] = argumentsOf(group)
  const count = amount?.[0]
  if (count?.type !== 'number') return null
  const word = unit?.[0]
  const size = word?.type === 'string' ? MS[word.value.toUpperCase()] : MS['SECONDS']
  return size === undefined ? null : { type: 'WAIT', ms: Number(count.value) * size }
}
