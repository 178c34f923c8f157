import { graphql, type ResultOf } from '../graphql.ts'

export const runWarehouseFields = graphql(`
  fragment RunWarehouseFields on RunWarehouse {
    name
    type
    size
    state
    minClusters
    maxClusters
    startedClusters
    running
    queued
    scalingPolicy
    recordedAt
    trouble
  }
`)

export const warehousePointFields = graphql(`
  fragment WarehousePointFields on WarehousePoint {
    elapsedSeconds
    startedClusters
    running
    queued
  }
`)

export const warehouseDetailsFields = graphql(`
  fragment WarehouseDetailsFields on WarehouseDetails {
    name
    type
    size
    state
    minClusters
    maxClusters
    startedClusters
    scalingPolicy
    autoSuspendSeconds
    autoResume
    queryAcceleration
    queryAccelerationMaxScaleFactor
    resourceConstraint
    generation
    capturedAt
  }
`)

export type RunWarehouse = ResultOf<typeof runWarehouseFields>
export type WarehousePoint = ResultOf<typeof warehousePointFields>
export type WarehouseDetails = ResultOf<typeof warehouseDetailsFields>
