const SHORTEST = 12

/** What is wrong with a new password; null: nothing. The server checks the same. */
export const passwordProblem = (password: string, name: string): string | null => {
  const length = [...password.normalize('NFKC')].length
  if (length < SHORTEST) return `Use at least ${SHORTEST} characters: three or four words will do`
  if (length > 200) return 'Use at most 200 characters'
  return password.toLowerCase() === name.toLowerCase() ? 'Use another password than the name' : null
}
