import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusalOf } from '../kit/graphql.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'

let kit: RunKit
let templateId: string
beforeAll(async () => {
  kit = await openRunKit({})
  templateId = await kit.createTemplate({ name: 'Odd' })
})
afterAll(() => kit.close())

const refused = (document: string) => refusalOf(kit.server.url, document)

describe('what no column can be compared with', () => {
  it('is refused as such, wherever it is sent', async () => {
    const id = await kit.prepare({}, templateId)
    const cursor = (...parts: readonly unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url')
    // JSON has no such number, but a reader of JSON takes it.
    const endless = Buffer.from(`["QPS","ASC",-1e999,"${id}"]`).toString('base64url')
    const place = (value: string, at: string): string => Buffer.from(`END/ASC/${value}/${at}`).toString('base64url')
    const words = JSON.stringify(Array.from({ length: 201 }, (_, i) => `w${i}`))
    const lists = [
      `runs(sort: { field: QPS, direction: ASC }, after: "${cursor('QPS', 'ASC', 1e40, id)}")`,
      `runs(sort: { field: QPS, direction: ASC }, after: "${endless}")`,
      `runs(sort: { field: STARTED, direction: ASC }, after: "${cursor('STARTED', 'ASC', 8.64e15, id)}")`,
      `runs(sort: { field: NAME, direction: ASC }, after: "${cursor('NAME', 'ASC', 'a\0', id)}")`,
      'runs(filter: { search: "a\\u0000" })',
      'runs(filter: { tags: ["a\\u0000"] })',
      `runs(filter: { warehouseSize: ${words} })`,
      'runs(filter: { createdFrom: "0000-01-01T00:00:00Z" })',
    ]
    const executions = [
      `executions(after: "${place('1e999', 'worker-0.1.1')}")`,
      `executions(after: "${place('1', 'worker\0')}")`,
      'executions(filter: { labels: ["a\\u0000"] })',
      `executions(filter: { workerIds: ${words} })`,
      'executions(filter: { fromSeconds: 1e308 })',
    ]
    const documents = [
      ...lists.map(field => `{ ${field} { totalCount } }`),
      ...executions.map(field => `{ run(id: "${id}") { ${field} { edges { cursor } } } }`),
    ]
    for (const document of documents) {
      // What no text may hold is refused before anybody asks what it is for.
      const code = document.includes('\\u0000') ? 'BAD_USER_INPUT' : 'VALIDATION_FAILED'
      expect((await refused(document)).extensions.code, document).toBe(code)
    }
  })
})
