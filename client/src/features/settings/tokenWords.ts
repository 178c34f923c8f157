import type { ApiToken } from '../../api/documents/settingsDocuments.ts'
import type { Tone } from '../../ui/words/statuses.ts'

const DAY_MS = 86_400_000

/** How a token stands: revoked, ended, or how long it still works. */
export const tokenState = (
  { expiresAt, revokedAt }: Pick<ApiToken, 'expiresAt' | 'revokedAt'>,
  nowMs: number,
): { readonly word: string; readonly tone: Tone; readonly works: boolean } => {
  if (revokedAt !== null) return { word: 'Revoked', tone: 'neutral', works: false }
  if (expiresAt === null) return { word: 'Works for ever', tone: 'good', works: true }
  const leftMs = Date.parse(expiresAt) - nowMs
  if (leftMs <= 0) return { word: 'Ended', tone: 'neutral', works: false }
  const days = Math.ceil(leftMs / DAY_MS)
  return { word: days === 1 ? 'Ends within a day' : `Works for ${days} days`, tone: days <= 7 ? 'warn' : 'good', works: true }
}

/** What is wrong with the days that were typed; null: nothing. Blank is the server's default. */
export const daysProblem = (text: string): string | null =>
  text.trim() === '' || (/^\d{1,3}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 366) ? null : 'A whole number from 1 to 366'
