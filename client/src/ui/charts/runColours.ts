/** The colours of compared runs, in order, as the theme has them right now: a canvas knows no CSS variables. */
export const readRunColours = (): readonly string[] => {
  const style = getComputedStyle(document.documentElement)
  return [1, 2, 3, 4, 5].map(place => style.getPropertyValue(`--run-${place}`).trim())
}
