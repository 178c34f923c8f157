export interface FieldProblem {
  readonly path: string
  readonly message: string
}

/** The server names the field at the head of its sentence; beside the field itself that is said twice. */
const besideField = ({ path, message }: FieldProblem): string => {
  const rest = message.startsWith(`${path} `) ? message.slice(path.length + 1) : message
  return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}`
}

/** What was found about the field with this path; null when nothing was. */
export const problemAt = (problems: readonly FieldProblem[], path: string): string | null => {
  const found = problems.filter(problem => problem.path === path).map(besideField)
  return found.length === 0 ? null : found.join('. ')
}

/** What was found that no field of `paths` can show. */
export const problemsElsewhere = (problems: readonly FieldProblem[], paths: readonly string[]): readonly FieldProblem[] =>
  problems.filter(problem => !paths.includes(problem.path))
