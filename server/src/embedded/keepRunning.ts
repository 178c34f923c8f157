import type { Log } from '../log.ts'
import type { EmbeddedCluster } from './ensureCluster.ts'
import { readLivingProcess } from './livingProcess.ts'

const LOOK_EVERY_MS = 1_000

/** A cluster that is started again when it dies: whoever uses it finds it at the same address, after a pause. */
export interface KeptCluster {
  stop(): Promise<void>
}

/** @param ensure starts the cluster, or finds it running */
export const keepRunning = (cluster: EmbeddedCluster, name: string, ensure: () => Promise<EmbeddedCluster>, log: Log): KeptCluster => {
  let current = cluster
  let restarting: Promise<void> | null = null

  const restart = async (): Promise<void> => {
    log.error(`the ${name} has died; starting it again`, { pid: current.pid, log: current.logPath })
    try {
      const again = await ensure()
      if (again.port !== current.port)
        log.error(`the ${name} is on another port now: restart FlakeBench`, { before: current.port, now: again.port })
      else log.info(`the ${name} is back`, { pid: again.pid })
      current = again
    } catch (error) {
      log.error(`the ${name} could not be started again; trying once more`, { error })
    }
  }

  const timer = setInterval(() => {
    if (restarting !== null || readLivingProcess(current.pid) !== undefined) return
    restarting = restart().finally(() => {
      restarting = null
    })
  }, LOOK_EVERY_MS)
  timer.unref()

  return {
    stop: async () => {
      clearInterval(timer)
      await restarting
      await current.stop()
    },
  }
}
