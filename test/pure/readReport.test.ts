import { startHistograms } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { readReport } from '../../server/src/push/readReport.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { encodeLatencies, sampleSnapshot } from '../kit/sampleSnapshot.ts'

const RUN = sampleSnapshot().runId
await startHistograms()
const histogram = encodeLatencies([5]) ?? expect.fail('nothing was encoded')
const kind = { kind: 'INSERT', label: 'INSERT', operations: 1, errors: 0, latency: histogram, service: null }
const arrivals = { planned: 10, late: 1, missed: 0, waiting: 2, clockError: histogram }
const snapshot = () => ({ ...sampleSnapshot({ errorsByCategory: [{ category: 'TIMEOUT', count: 1, sample: null }] }), byKind: [kind] })
const report = (change: object = {}) => ({ heartbeat: sampleHeartbeat({ runId: RUN }), snapshots: [{ ...snapshot(), ...change }] })

describe('a report', () => {
  it('of a worker of the run is taken as it is', () => {
    const body = report()
    expect(readReport(body, RUN)).toEqual({ report: body })
    const open = report({ byKind: [{ ...kind, service: histogram }], arrivals })
    expect(readReport(open, RUN)).toEqual({ report: open })
    expect(readReport({ ...body, snapshots: [] }, RUN)).toMatchObject({ report: { snapshots: [] } })
  })

  it.each([
    [undefined, 'the report must be an object'],
    [{ heartbeat: sampleHeartbeat(), snapshots: {} }, 'the report.snapshots must be a list'],
    [{ heartbeat: {}, snapshots: [] }, 'the report.heartbeat.runId must be text'],
    [{ ...report(), heartbeat: { ...sampleHeartbeat({ runId: RUN }), status: 'DANCING' } }, /heartbeat\.status must be one of STARTING, /],
    [{ ...report(), heartbeat: { ...sampleHeartbeat({ runId: RUN }), snapshotsTaken: null } }, /snapshotsTaken must be a whole number/],
    [report({ byKind: undefined }), 'the report.snapshots[0].byKind must be a list'],
    [report({ byKind: [{ ...kind, latency: { count: 1 } }] }), 'the report.snapshots[0].byKind[0].latency.sumNs must be a number'],
    [report({ byKind: [{ ...kind, latency: { ...histogram, hdr: 'x' } }] }), /latency must be a histogram of three digits/],
    [report({ byKind: [{ ...kind, kind: 'DANCE' }] }), /byKind\[0\]\.kind must be one of POINT_LOOKUP, /],
    [report({ byKind: [{ ...kind, service: 3 }] }), 'the report.snapshots[0].byKind[0].service must be an object'],
    [report({ openConnections: null }), 'the report.snapshots[0].openConnections must be a whole number from 0'],
    [report({ arrivals: { ...arrivals, waiting: -1 } }), 'the report.snapshots[0].arrivals.waiting must be a whole number from 0'],
    [
      report({ arrivals: { ...arrivals, clockError: {} } }),
      'the report.snapshots[0].arrivals.clockError.count must be a whole number from 0',
    ],
    [report({ client: { ...snapshot().client, cpuUsedPercent: '9' } }), 'the report.snapshots[0].client.cpuUsedPercent must be a number'],
    [
      { ...report(), heartbeat: { ...sampleHeartbeat({ runId: RUN }), memoryUsedPercent: 'much' } },
      'the report.heartbeat.memoryUsedPercent must be a number',
    ],
    [report({ sequence: 1.5 }), 'the report.snapshots[0].sequence must be a whole number from 0'],
    [report({ operations: '7' }), 'the report.snapshots[0].operations must be a whole number from 0'],
    [report({ phase: 'PREPARING' }), 'the report.snapshots[0].phase must be one of WARMUP, MEASUREMENT, PROCESSING'],
    [report({ client: { ...snapshot().client, limited: 0 } }), 'the report.snapshots[0].client.limited must be true or false'],
    [report({ endMs: null }), 'the report.snapshots[0].endMs must be a number'],
    [report({ runId: 'another' }), `it is not of run ${RUN}`],
  ])('with a fault is refused with what is wrong: case %#', (body, fault) => {
    expect(readReport(body, RUN)).toEqual({ fault: typeof fault === 'string' ? fault : expect.stringMatching(fault) })
  })

  it('has every field that is added up later: without any of them it is refused', () => {
    for (const name of Object.keys(snapshot()).filter(name => name !== 'workerGroupId' && name !== 'workerGroupCount')) {
      expect(readReport(report({ [name]: undefined }), RUN), name).toHaveProperty('fault')
    }
  })
})
