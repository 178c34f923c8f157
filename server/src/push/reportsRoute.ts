import type { PushAnswer, PushedReport } from '@flakebench/contract'
import { isPushToken } from '@flakebench/store'
import express, { type Router } from 'express'
import { readReport } from './readReport.ts'

/** A worker sends at most about half as much. */
const LARGEST_BODY = '8mb'

/** `POST /runs/:runId/reports`: what workers push straight to the server that drives their run (see `PushedReport`). */
export const reportsRoute = (credentialKey: string, accept: (runId: string, report: PushedReport) => PushAnswer): Router => {
  const router = express.Router()
  router.post(
    '/runs/:runId/reports',
    // Before the body is read: whoever has no token costs us nothing.
    (request, response, next) => {
      const [scheme, token] = (request.headers.authorization ?? '').split(' ')
      if (scheme === 'Bearer' && isPushToken(token ?? '', credentialKey, request.params.runId)) next()
      else response.status(401).json({ error: 'Show the token of the run: Authorization: Bearer …' })
    },
    express.json({ limit: LARGEST_BODY }),
    (request, response) => {
      const { runId } = request.params
      const read = readReport(request.body, runId)
      if ('fault' in read) response.status(400).json({ error: `This is no report of a worker: ${read.fault}` })
      else response.json(accept(runId, read.report))
    },
  )
  return router
}
