import { rewriteExpression } from './expression.ts'
import { quoteText } from './names.ts'
import { isGroup, isName, isSymbol, type Node } from './nodes.ts'
import { NO_SCOPE, type Work } from './work.ts'

/** `:a.b[0]` and `['a'][0]`: each step as a text or a number for `get_element`. */
export const readPath = (nodes: readonly Node[], at: number, work: Work): { elements: string[]; next: number } => {
  const elements: string[] = []
  let next = at
  const colon = isSymbol(nodes[at], ':')
  for (;;) {
    const node = nodes[next]
    if (isGroup(node, '[')) {
      const [index] = node.nodes
      elements.push(index?.type === 'string' ? quoteText(index.value) : `(${rewriteExpression(node.nodes, work, NO_SCOPE)})::text`)
      next += 1
    } else if (isSymbol(node, ':') || (colon && isSymbol(node, '.'))) {
      const step = nodes[next + 1]
      if (!isName(step) && step?.type !== 'string') break
      // A plain step keeps the case it was written in.
      elements.push(quoteText(step.type === 'word' ? work.statement.sql.slice(step.at, step.end) : step.value))
      next += 2
    } else break
  }
  return { elements, next }
}
