/** Standard errors to either side that hold so many percent of the normal distribution. */
const NORMAL = { 97: 2.1700903775845606, 99: 2.5758293035489004 } as const

/**
 * How many standard errors to either side hold so many percent of Student's distribution: of 99 % 2.576 for many degrees of freedom, 63.7 for one.
 * Source of the approximation: Hill, Algorithm 396 (1970); within 0.1 % from one degree of freedom on, whole or not.
 */
export const studentT = (confidencePercent: keyof typeof NORMAL, degrees: number): number => {
  const tail = 1 - confidencePercent / 100
  const normal = NORMAL[confidencePercent]
  if (!Number.isFinite(degrees)) return normal
  const n = Math.max(degrees, 1)
  if (n === 1) return 1 / Math.tan((tail * Math.PI) / 2)
  if (Math.abs(n - 2) < 1e-9) return Math.sqrt(2 / (tail * (2 - tail)) - 2)
  const a = 1 / (n - 0.5)
  const b = 48 / a ** 2
  let c = (((20700 * a) / b - 98) * a - 16) * a + 96.36
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * n
  let y = (d * tail) ** (2 / n)
  if (y > 0.05 + a) {
    const x = -normal
    y = x * x
    if (n < 5) c += 0.3 * (n - 4.5) * (x + 0.6)
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
    y = Math.expm1(a * y * y)
  } else {
    y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) * ((n + 1) / (n + 2)) + 1 / y
  }
  return Math.sqrt(n * y)
}
