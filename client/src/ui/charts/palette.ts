import type { ChartColour } from './chartTypes.ts'

export interface Palette extends Readonly<Record<ChartColour, string>> {
  readonly text: string
  readonly faint: string
  readonly line: string
  readonly lineStrong: string
  readonly panel: string
  readonly raised: string
  readonly band: string
  readonly hatch: string
}

/** The tokens as they are right now: a canvas knows no CSS variables. */
export const readPalette = (): Palette => {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  return {
    accent: token('--accent'),
    muted: token('--mark'),
    bad: token('--bad'),
    warn: token('--warn'),
    good: token('--good'),
    text: token('--text'),
    faint: token('--faint'),
    line: token('--line'),
    lineStrong: token('--line-strong'),
    panel: token('--panel'),
    raised: token('--raised'),
    band: token('--band'),
    hatch: token('--hatch'),
  }
}

/** Diagonal strokes for intervals in which the client could be the limit. */
export const drawHatch = (colour: string): HTMLCanvasElement => {
  const canvas = document.createElement('canvas')
  canvas.width = 8
  canvas.height = 8
  const pen = canvas.getContext('2d')
  if (pen !== null) {
    pen.strokeStyle = colour
    pen.lineWidth = 1.2
    pen.beginPath()
    pen.moveTo(-2, 10)
    pen.lineTo(10, -2)
    pen.moveTo(-2, 2)
    pen.lineTo(2, -2)
    pen.moveTo(6, 10)
    pen.lineTo(10, 6)
    pen.stroke()
  }
  return canvas
}
