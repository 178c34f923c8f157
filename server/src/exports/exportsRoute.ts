import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import express, { type Request, type Router } from 'express'
import type { Gate } from '../access/gate.ts'
import { BUNDLES_RULE, EXPORTS_RULE } from '../access/rules.ts'
import { onlyFor } from '../api/admission.ts'
import type { Log } from '../log.ts'
import { LEAST_FREE, NoRoom, type RoomWatch, watchRoom } from './diskRoom.ts'
import { EXPORT_PATH } from './exportFile.ts'
import type { RunExports } from './runExports.ts'

export interface ExportsRouteOptions {
  readonly exports: RunExports
  /** MiB that a bundle may have. */
  readonly bundleLimitMb: number
  readonly log: Log
  readonly gate: Gate
}

const PACKED = /^application\/(gzip|x-gzip|octet-stream)\b/
const MEGABYTE = 1024 * 1024
const MOST_AT_ONCE = 2
/** So many of the largest bundles may wait to be brought in. */
const MOST_KEPT = 4

class TooLarge extends Error {}

/** `GET /exports/…`: files that were written. `POST /bundles`: takes a bundle as it is, for `importRun`. */
export const exportsRoute = ({ exports, bundleLimitMb, log, gate }: ExportsRouteOptions): Router => {
  const router = express.Router()
  router.get('/exports/:secret/:name', onlyFor(EXPORTS_RULE, gate), (request, response, next) => {
    const [, secret, name] = EXPORT_PATH.exec(request.path) ?? []
    if (secret === undefined || name === undefined) {
      response.status(404).send('There is no such file.\n')
      return
    }
    response.set({
      'Cache-Control': 'private, no-store',
      'Content-Disposition': `attachment; filename="${name}"`,
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    })
    response.sendFile(name, { root: join(exports.folder, secret), cacheControl: false, lastModified: false }, (error?: Error) => {
      if (error === undefined || response.headersSent) return
      response.removeHeader('Content-Disposition')
      if ((error as { status?: number }).status === 404)
        response.status(404).send('There is no such file any more: export the run again.\n')
      else next(error)
    })
  })
  const room = { leastFree: LEAST_FREE, mostKept: MOST_KEPT * bundleLimitMb * MEGABYTE }
  let underWay = 0
  router.post('/bundles', onlyFor(BUNDLES_RULE, gate), async (request, response) => {
    const refuse = (status: number, error: string): void => {
      response.set('Connection', 'close').status(status).json({ error })
    }
    // A page elsewhere can send no such type without asking first, which is answered to none.
    if (!PACKED.test(request.headers['content-type'] ?? ''))
      return refuse(415, 'Send the file as it is, with Content-Type: application/gzip.')
    const tooLarge = `A bundle has at most ${bundleLimitMb} MiB here: see FLAKEBENCH_BUNDLE_LIMIT_MB.`
    if (Number(request.headers['content-length'] ?? 0) > bundleLimitMb * MEGABYTE) return refuse(413, tooLarge)
    if (underWay >= MOST_AT_ONCE) return refuse(429, `${MOST_AT_ONCE} bundles are being sent already: send this one when they are here.`)
    underWay += 1
    const id = randomBytes(24).toString('base64url')
    const path = join(exports.bundleFolder, id)
    try {
      await take(request, `${path}.part`, bundleLimitMb * MEGABYTE, watchRoom(exports.bundleFolder, room))
      await rename(`${path}.part`, path)
      response.status(201).json({ file: id })
    } catch (error) {
      await rm(`${path}.part`, { force: true })
      // The request itself is over as soon as all of it has come: only the answer tells whether anybody is there.
      if (response.headersSent || response.destroyed) return
      if (error instanceof TooLarge) return refuse(413, tooLarge)
      if (error instanceof NoRoom) return refuse(507, `${error.message}.`)
      log.warn('a bundle could not be taken', { error })
      refuse(507, 'The bundle could not be written to disk: the log of the server says why.')
    } finally {
      underWay -= 1
    }
  })
  return router
}

/** The request is left as it is when it is too large, so that it can be answered. */
const take = async (request: Request, path: string, most: number, room: RoomWatch): Promise<void> => {
  await room.before(0)
  const file = await open(path, 'wx', 0o600)
  try {
    let taken = 0
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      taken += chunk.length
      if (taken > most) throw new TooLarge('too large')
      await room.before(chunk.length)
      await file.appendFile(chunk)
    }
  } finally {
    await file.close()
  }
}
