import { type Door, openDoor } from './door.ts'
import { openRunKit, type RunKit } from './runKit.ts'

/** A run kit whose server and workers reach the control database through a door; the test itself does not. */
export interface DialledKit {
  readonly kit: RunKit
  readonly controlDial: Door
  close(): Promise<void>
}

export const openDialledKit = async (): Promise<DialledKit> => {
  const doors: Door[] = []
  const kit = await openRunKit({
    controlUrl: async control => {
      const door = await openDoor({ host: '127.0.0.1', port: control.port })
      doors.push(door)
      return control.atPort(door.port)
    },
  })
  const [controlDial] = doors
  if (controlDial === undefined) throw new Error('the kit asked for no control database')
  return {
    kit,
    controlDial,
    close: async () => {
      await kit.close()
      await controlDial.close()
    },
  }
}
