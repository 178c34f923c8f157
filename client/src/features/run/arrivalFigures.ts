/** A part of a whole in percent; null of nothing. */
export const partPercent = (part: number, whole: number): number | null => (whole > 0 ? (part / whole) * 100 : null)
