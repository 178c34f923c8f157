/** Progress of the set-up for a person: one line a step, drawn over while it lasts where the output is a terminal. */
export interface Steps {
  begin(name: string): Step
}

export interface Step {
  /** What it is doing now. */
  readonly note: (words: string) => void
  /** How far it is, from 0 to 1. */
  readonly progress: (part: number, words: string) => void
  readonly done: (words: string) => void
}

const NAME_WIDTH = 18
const BAR_WIDTH = 24

export const stepsOn = (stream: NodeJS.WriteStream): Steps => ({
  begin: name => {
    let written = ''
    const draw = (mark: string, words: string, end: string) => {
      const line = `${mark} ${name.padEnd(NAME_WIDTH)} ${words}`
      if (line === written && end === '') return
      written = line
      stream.write(stream.isTTY ? `\r\u001b[2K${line}${end}` : `${line}\n`)
    }
    let tenthsTold = -1
    return {
      note: words => draw('·', words, ''),
      progress: (part, words) => {
        const tenths = Math.floor(part * 10)
        if (!stream.isTTY && tenths === tenthsTold) return
        tenthsTold = tenths
        const full = Math.round(part * BAR_WIDTH)
        draw('·', `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${words}`, '')
      },
      done: words => draw('✓', words, '\n'),
    }
  },
})
