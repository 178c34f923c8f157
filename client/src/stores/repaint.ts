/** Calls `paint` soon after `ask`, at most once in `everyMs`, however often it is asked. */
export const atMostEvery = (everyMs: number, paint: () => void): { readonly ask: () => void; readonly cancel: () => void } => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let paintedAtMs = Number.NEGATIVE_INFINITY
  return {
    ask: () => {
      if (timer !== undefined) return
      timer = setTimeout(
        () => {
          timer = undefined
          paintedAtMs = performance.now()
          paint()
        },
        Math.max(0, paintedAtMs + everyMs - performance.now()),
      )
    },
    cancel: () => {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
