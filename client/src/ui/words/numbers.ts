/** Shown for what was not measured; never 0. */
export const NOT_MEASURED = '—'

/** A number and its unit, apart so that they can be set in two sizes. */
export interface Figure {
  readonly value: string
  readonly unit: string
}

const EMPTY: Figure = { value: NOT_MEASURED, unit: '' }
const isNumber = (value: number | null | undefined): value is number => typeof value === 'number' && Number.isFinite(value)
const grouped = (value: number, decimals: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })

/** Three significant digits with trailing zeros kept, thousands separated: 0.142, 1.42, 14.2, 142, 1,420. */
export const threeDigits = (value: number): string => {
  const size = Math.abs(value)
  if (size === 0) return '0'
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(size)))
  const rounded = Number(size.toFixed(Math.min(decimals, 6)))
  const shown = rounded >= 10 ** (3 - decimals) && decimals > 0 ? decimals - 1 : decimals
  return grouped(value, Math.min(shown, 6))
}

const SCALES = [
  { from: 999.5e6, by: 1e9, sign: 'G' },
  { from: 999.5e3, by: 1e6, sign: 'M' },
  { from: 999.5, by: 1e3, sign: 'k' },
] as const
const ONE = { from: 0, by: 1, sign: '' } as const
const scaleOf = (value: number): { readonly by: number; readonly sign: string } => SCALES.find(each => Math.abs(value) >= each.from) ?? ONE

/** Operations a second: 18.3 k/s. */
export const qpsFigure = (perSecond: number | null | undefined): Figure => {
  if (!isNumber(perSecond)) return EMPTY
  const scale = scaleOf(perSecond)
  return { value: threeDigits(perSecond / scale.by), unit: `${scale.sign}/s` }
}

/** A span in milliseconds: 1.42 ms, 1.42 s from a second on. */
export const msFigure = (ms: number | null | undefined): Figure => {
  if (!isNumber(ms)) return EMPTY
  return ms >= 999.5 ? { value: threeDigits(ms / 1_000), unit: 's' } : { value: threeDigits(ms), unit: 'ms' }
}

/** A percentage from a percentage: 0.02 %; what is there but rounds to nothing is "< 0.01", and only what is all of it is 100 %. */
export const percentFigure = (percent: number | null | undefined): Figure => {
  if (!isNumber(percent)) return EMPTY
  if (percent > 0 && percent < 0.005) return { value: '< 0.01', unit: '%' }
  if (percent >= 100) return { value: grouped(percent, 0), unit: '%' }
  if (percent >= 99.995) return { value: '> 99.99', unit: '%' }
  if (percent >= 99.95) return { value: grouped(percent, 2), unit: '%' }
  return { value: grouped(percent, percent < 9.995 ? 2 : 1), unit: '%' }
}

/** A percentage from a fraction of one. */
export const rateFigure = (rate: number | null | undefined): Figure => percentFigure(isNumber(rate) ? rate * 100 : null)

/** A whole number, every digit of it. */
export const countFigure = (count: number | null | undefined): Figure =>
  isNumber(count) ? { value: grouped(Math.round(count), 0), unit: '' } : EMPTY

const memoryFigure = (megabytes: number | null | undefined): Figure => {
  if (!isNumber(megabytes)) return EMPTY
  return megabytes >= 1_023.5 ? { value: threeDigits(megabytes / 1_024), unit: 'GB' } : { value: threeDigits(megabytes), unit: 'MB' }
}

const BYTE_SCALES = [
  { from: 1_023.5 * 1_048_576, by: 1_073_741_824, unit: 'GB' },
  { from: 1_023.5 * 1_024, by: 1_048_576, unit: 'MB' },
  { from: 1_023.5, by: 1_024, unit: 'KB' },
] as const

/** 8.00 KB, and every one of them below a kilobyte. */
export const bytesFigure = (bytes: number | null | undefined): Figure => {
  if (!isNumber(bytes)) return EMPTY
  const scale = BYTE_SCALES.find(each => bytes >= each.from)
  return scale === undefined ? { value: grouped(bytes, 0), unit: 'B' } : { value: threeDigits(bytes / scale.by), unit: scale.unit }
}

/** Value and unit with a space between: 18.3 k/s. */
const figureText = ({ value, unit }: Figure): string => (unit === '' ? value : `${value} ${unit}`)

export const qpsText = (perSecond: number | null | undefined): string => figureText(qpsFigure(perSecond))
export const msText = (ms: number | null | undefined): string => figureText(msFigure(ms))
export const percentText = (percent: number | null | undefined): string => figureText(percentFigure(percent))
export const rateText = (rate: number | null | undefined): string => figureText(rateFigure(rate))
export const bytesText = (bytes: number | null | undefined): string => figureText(bytesFigure(bytes))
export const countText = (count: number | null | undefined): string => countFigure(count).value
export const memoryText = (megabytes: number | null | undefined): string => figureText(memoryFigure(megabytes))

/** For tooltips: as many digits as were measured, at most `decimals` after the point. */
export const exactText = (value: number | null | undefined, unit: string, decimals = 3): string =>
  isNumber(value) ? `${value.toLocaleString('en-US', { maximumFractionDigits: decimals })} ${unit}`.trimEnd() : NOT_MEASURED

/** A mean of whole numbers: 4.3, and 43 from ten on, as one decimal more says nothing there. */
export const meanText = (mean: number | null | undefined): string =>
  isNumber(mean) ? grouped(mean, mean < 9.95 && !Number.isInteger(mean) ? 1 : 0) : NOT_MEASURED

const short = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 3 })

/** Axis labels: short, without trailing zeros, with their unit. */
export const qpsAxis = (perSecond: number): string => `${short(perSecond / scaleOf(perSecond).by)} ${scaleOf(perSecond).sign}/s`
export const msAxis = (ms: number): string => (ms === 0 ? '0' : ms >= 1_000 ? `${short(ms / 1_000)} s` : `${short(ms)} ms`)
export const percentAxis = (percent: number): string => `${short(percent)} %`
export const countAxis = (count: number): string =>
  `${short(count / scaleOf(count).by)}${scaleOf(count).sign === '' ? '' : ` ${scaleOf(count).sign}`}`
