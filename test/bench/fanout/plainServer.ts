import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CONTROL_PACE, startHistograms } from '@flakebench/contract'
import { openControlDatabase } from '@flakebench/store'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { OPEN_ACTOR } from '../../../server/dist/access/actor.js'
import { type ApiServices, contextOf } from '../../../server/dist/api/context.js'
import { buildApiSchema } from '../../../server/dist/api/schema.js'
import { runFeeds } from '../../../server/dist/live/runFeed.js'
import { runViews } from '../../../server/dist/live/runViews.js'
import { logTo } from '../../../server/dist/log.js'

/** What fan-out is measured against: the same feeds and schema, and graphql-ws as it comes, which executes and writes out each update for each subscriber. */
const [url = ''] = process.argv.slice(2)
await startHistograms()
const db = openControlDatabase({ url, maxConnections: 4, applicationName: 'flakebench bench plain' })
const pace = CONTROL_PACE[db.engine]
const log = logTo(process.stderr)
const views = runViews(db, { recall: () => null, isDriven: () => false })
// Subscribing to runUpdated needs no more.
const services = { db, runFeeds: runFeeds(views, pace, log), views, thresholds: pace, pace, log } as unknown as ApiServices
const server = createServer()
useServer(
  { schema: await buildApiSchema(), context: () => contextOf(services, OPEN_ACTOR) },
  new WebSocketServer({ server, path: '/graphql' }),
)
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
