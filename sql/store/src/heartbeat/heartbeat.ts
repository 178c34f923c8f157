export type { Heartbeat, HeartbeatRecord } from '@flakebench/contract'
