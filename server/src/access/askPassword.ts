import { createInterface } from 'node:readline'
import { Fault } from '../fault.ts'

/** Asks for a new password: twice on a terminal, which does not show it; else it is the one line on stdin. @throws Fault */
export const askPassword = async (input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<string> => {
  if (!input.isTTY) return await firstLine(input)
  const password = await readHidden(input, output, 'Password: ')
  if ((await readHidden(input, output, 'Once more: ')) === password) return password
  throw new Fault('The two are not the same: nothing was changed.')
}

const firstLine = async (input: NodeJS.ReadStream): Promise<string> => {
  for await (const line of createInterface({ input })) return line
  throw new Fault('Give the password as a line on stdin, or run this on a terminal.')
}

const INTERRUPTED = '\u0003'
const ENDS: ReadonlySet<string> = new Set(['\r', '\n', '\u0004'])
const RUBOUTS: ReadonlySet<string> = new Set(['\u007f', '\b'])

const readHidden = (input: NodeJS.ReadStream, output: NodeJS.WriteStream, prompt: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let typed: string[] = []
    const end = (act: () => void): void => {
      input.off('data', hear)
      input.setRawMode(false)
      input.pause()
      output.write('\n')
      act()
    }
    const hear = (text: string): void => {
      for (const letter of text) {
        const isOver = letter === INTERRUPTED || ENDS.has(letter)
        if (letter === INTERRUPTED) end(() => reject(new Fault('Nothing was changed.')))
        else if (isOver) end(() => resolve(typed.join('')))
        else if (RUBOUTS.has(letter)) typed = typed.slice(0, -1)
        else typed.push(letter)
        if (isOver) return
      }
    }
    output.write(prompt)
    input.setEncoding('utf8')
    input.setRawMode(true)
    input.resume()
    input.on('data', hear)
  })
