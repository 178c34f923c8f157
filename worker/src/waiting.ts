export const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

export const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Whether the work is done before `expired` is. */
export const doneBefore = (work: Promise<unknown>, expired: Promise<unknown>): Promise<boolean> =>
  Promise.race([work.then(() => true), expired.then(() => false)])
