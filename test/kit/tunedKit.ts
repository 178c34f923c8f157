import { openRunKit, type RunKit } from './runKit.ts'
import { type SlowSut, startSlowSut } from './slowSut.ts'

/** A run kit whose system under test can be slowed, frozen and given a capacity. */
export interface TunedKit {
  readonly kit: RunKit
  readonly sut: SlowSut
  close(): Promise<void>
}

export const openTunedKit = async (): Promise<TunedKit> => {
  const opened: SlowSut[] = []
  const kit = await openRunKit({
    sutAddress: async behind => {
      const sut = await startSlowSut(behind)
      opened.push(sut)
      return { host: '127.0.0.1', port: sut.port }
    },
  })
  const [sut] = opened
  if (sut === undefined) throw new Error('the kit asked for no system under test')
  return {
    kit,
    sut,
    close: async () => {
      await kit.close()
      await sut.close()
    },
  }
}
