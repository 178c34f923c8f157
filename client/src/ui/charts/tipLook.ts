import type { Palette } from './palette.ts'

/** The box in which a chart tells exact figures: the same in all charts. */
export const tipLook = (palette: Palette) => ({
  confine: true,
  transitionDuration: 0,
  backgroundColor: palette.raised,
  borderColor: palette.lineStrong,
  borderWidth: 1,
  padding: [6, 10],
  textStyle: { color: palette.text, fontSize: 12 },
})

/** The same for whatever is drawn at one place of the x axis, with a line there. */
export const axisTipLook = (palette: Palette) => ({
  trigger: 'axis',
  ...tipLook(palette),
  axisPointer: { type: 'line', snap: true, lineStyle: { color: palette.muted, width: 1, type: 'solid' }, label: { show: false } },
})
