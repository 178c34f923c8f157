import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * What a worker shows the server to which it pushes its reports: server and workers hold the credential key, so both can make it, and nobody else.
 * HMAC-SHA256 of the run's id, base64url.
 */
export const pushTokenOf = (keyBase64: string, runId: string): string =>
  createHmac('sha256', Buffer.from(keyBase64, 'base64')).update(`push ${runId}`).digest('base64url')

/** Compares in a time that tells nothing of how much was right. */
export const isPushToken = (given: string, keyBase64: string, runId: string): boolean => {
  const [mine, other] = [pushTokenOf(keyBase64, runId), given].map(token => createHmac('sha256', 'compare').update(token).digest())
  return timingSafeEqual(mine as Buffer, other as Buffer)
}
