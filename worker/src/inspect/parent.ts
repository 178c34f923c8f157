import type { Inspection, InspectionRequest } from '@flakebench/contract'

/** The process that asks, on the channel that it has opened. */
export interface Parent {
  /** The first message. */
  readonly asked: () => Promise<InspectionRequest>
  /** Resolves when the answer has left, or nobody waits for it any more. */
  readonly answer: (inspection: Inspection) => Promise<void>
}

export const toParent: Parent = {
  asked: () => new Promise(resolve => process.once('message', message => resolve(message as InspectionRequest))),
  answer: inspection =>
    new Promise(resolve => {
      if (process.connected && process.send !== undefined) process.send(inspection, undefined, undefined, () => resolve())
      else resolve()
    }),
}
