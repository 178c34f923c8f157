import pg from 'pg'

/**
 * The least that a client on this driver can do: connections that each send the next point lookup when the last one has ended, with named prepared
 * statements and nothing recorded. Usage: node --import tsx bareLoop.ts <url> <connections> <seconds> <rows> <statement>; answers with one line of JSON.
 */
const [url = '', connections = '', seconds = '', rows = '', statement = ''] = process.argv.slice(2)
const WARMUP_MS = 1_000

/** As the worker reads rows: as they came. */
const AS_TEXT = { getTypeParser: () => (raw: unknown) => raw } as unknown as typeof pg.types

let ended = 0
let isOver = false
const lookUp = (client: pg.Client, done: () => void): void => {
  const values = [1 + Math.floor(Math.random() * Number(rows))]
  void client.query({ name: 'lookup', text: statement, values, rowMode: 'array' }, (error: Error | null) => {
    if (error) throw error
    ended += 1
    if (isOver) done()
    else lookUp(client, done)
  })
}

const clients = Array.from({ length: Number(connections) }, () => new pg.Client({ connectionString: url, types: AS_TEXT }))
await Promise.all(clients.map(client => client.connect()))
const all = Promise.all(clients.map(client => new Promise<void>(resolve => lookUp(client, resolve))))
await new Promise(resolve => setTimeout(resolve, WARMUP_MS))
const [before, cpuBefore, atMs] = [ended, process.cpuUsage(), performance.now()]
await new Promise(resolve => setTimeout(resolve, Number(seconds) * 1_000))
const [operations, cpu, tookMs] = [ended - before, process.cpuUsage(cpuBefore), performance.now() - atMs]
isOver = true
await all
await Promise.all(clients.map(client => client.end()))
process.stdout.write(`${JSON.stringify({ perSecond: operations / (tookMs / 1_000), cpuUs: (cpu.user + cpu.system) / operations })}\n`)
