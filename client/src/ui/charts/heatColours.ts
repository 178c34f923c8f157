type Rgb = readonly [red: number, green: number, blue: number]

/** From few to many. On light paper many is dark, on dark paper it is bright; the least is still told from the paper. */
const LIGHT: readonly Rgb[] = [
  [190, 214, 247],
  [86, 143, 232],
  [37, 83, 190],
  [22, 32, 92],
]
const DARK: readonly Rgb[] = [
  [38, 63, 112],
  [58, 112, 206],
  [120, 178, 246],
  [238, 246, 255],
]

const css = ([red, green, blue]: Rgb): string => `rgb(${Math.round(red)} ${Math.round(green)} ${Math.round(blue)})`

/** The colour of this share of the scale, 0–1. */
export const heatColour = (share: number, isDark: boolean): string => {
  const stops = isDark ? DARK : LIGHT
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1)
  const low = Math.min(Math.floor(place), stops.length - 2)
  const [from, to] = [stops[low], stops[low + 1]]
  if (from === undefined || to === undefined) return css(stops[0] ?? [0, 0, 0])
  const part = place - low
  return css([from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part, from[2] + (to[2] - from[2]) * part])
}

/** For the key beside the map. */
export const heatGradient = (isDark: boolean): string => `linear-gradient(90deg, ${(isDark ? DARK : LIGHT).map(css).join(', ')})`
