import { Agent, request } from 'node:http'
import type { PushAnswer } from '@flakebench/contract'

/** How long a server may take: whoever waits longer has the tables. */
const TIMEOUT_MS = 1_000

/** Sends one report over a connection that is kept. @throws when it was not taken: unreachable, too slow, refused */
export type PostReport = (url: string, body: string) => Promise<PushAnswer>

export const openReportPost = (runId: string, token: string): { readonly post: PostReport; close(): void } => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const post: PostReport = (url, body) =>
    new Promise((resolve, reject) => {
      const asked = request(new URL(`/runs/${encodeURIComponent(runId)}/reports`, url), {
        agent,
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      asked.on('error', reject)
      asked.on('response', response => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', reject)
        response.on('end', () => {
          try {
            if (response.statusCode !== 200) throw new Error(`the server at ${url} answered ${response.statusCode} to a report`)
            resolve(JSON.parse(Buffer.concat(parts).toString('utf8')) as PushAnswer)
          } catch (error) {
            reject(error)
          }
        })
      })
      asked.end(body)
    })
  return { post, close: () => agent.destroy() }
}
