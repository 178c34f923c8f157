/** A number as a person would type it; null is blank. */
export const numberText = (value: number | null): string => (value === null ? '' : String(value))

const LARGEST = 2 ** 31 - 1
const DECIMAL_COMMA = /^-?\d*,\d+$/

/** The number that a text stands for, and what is wrong with it. Blank is null; spaces and thousands separators are let pass. */
export const numberIn = (text: string, isDecimal: boolean): { readonly value: number | null; readonly problem: string | null } => {
  const plain = text.trim().replaceAll(/[\s,_](?=\d{3}(?!\d))/g, '')
  if (plain === '') return { value: null, problem: null }
  if (isDecimal && DECIMAL_COMMA.test(plain)) return { value: null, problem: `Must be a number: write ${plain.replace(',', '.')}` }
  if (!/^-?(\d+(\.\d*)?|\.\d+)$/.test(plain)) return { value: null, problem: 'Must be a number' }
  const value = Number(plain)
  if (!isDecimal && !Number.isInteger(value)) return { value: null, problem: 'Must be a whole number' }
  if (!isDecimal && Math.abs(value) > LARGEST) return { value: null, problem: `Must be at most ${LARGEST.toLocaleString('en-US')}` }
  return { value, problem: null }
}
