/** One line a happening, to standard error: a moment, a level, plain words, and what they are about. */
export interface Log {
  info(words: string, about?: Readonly<Record<string, unknown>>): void
  warn(words: string, about?: Readonly<Record<string, unknown>>): void
  error(words: string, about?: Readonly<Record<string, unknown>>): void
}

const line = (level: string, words: string, about: Readonly<Record<string, unknown>>): string => {
  const details = Object.entries(about).map(([name, value]) => ` ${name}=${value instanceof Error ? value.message : String(value)}`)
  return `${new Date().toISOString()} ${level} ${words}${details.join('')}\n`
}

export const logTo = (stream: NodeJS.WritableStream): Log => {
  const write =
    (level: string) =>
    (words: string, about: Readonly<Record<string, unknown>> = {}) => {
      stream.write(line(level, words, about))
    }
  return { info: write('info '), warn: write('warn '), error: write('error') }
}
