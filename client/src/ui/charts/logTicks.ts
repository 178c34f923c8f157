const STEPS = [1, 2, 5] as const

/** Round values inside a logarithmic range: 1, 2, 5 of each decade, or the decades alone where there are many. */
export const logTicks = (low: number, high: number): readonly number[] => {
  if (!(low > 0) || !(high > low)) return []
  const first = Math.floor(Math.log10(low))
  const last = Math.ceil(Math.log10(high))
  const steps = last - first > 4 ? [1] : STEPS
  const ticks: number[] = []
  for (let decade = first; decade <= last; decade++) {
    for (const step of steps) {
      const tick = Number(`${step}e${decade}`)
      if (tick >= low && tick <= high) ticks.push(tick)
    }
  }
  return ticks
}
