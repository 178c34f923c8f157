import { createInterface } from 'node:readline'
import { Fault } from '../fault.ts'

/** Asks for a new password: twice on a terminal, which does not show it; else it is the one line on stdin. @throws Fault */
export const askPassword = async (input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<string> => {
  if (!input.isTTY) return await firstLine(input)
  const keys = openKeys(input)
  try {
    const password = await readHidden(keys, output, 'Password: ')
    if ((await readHidden(keys, output, 'Once more: ')) === password) return password
    throw new Fault('The two are not the same: nothing was changed.')
  } finally {
    keys.close()
  }
}

const firstLine = async (input: NodeJS.ReadStream): Promise<string> => {
  for await (const line of createInterface({ input })) return line
  throw new Fault('Give the password as a line on stdin, or run this on a terminal.')
}

const INTERRUPTED = '\u0003'
const ENDS: ReadonlySet<string> = new Set(['\r', '\n', '\u0004'])
const RUBOUTS: ReadonlySet<string> = new Set(['\u007f', '\b'])

interface Keys {
  next(): Promise<string>
  close(): void
}

/** What is typed, key by key. From before the first prompt until after the last one nothing of it is shown, nor what is typed in between. */
const openKeys = (input: NodeJS.ReadStream): Keys => {
  const typed: string[] = []
  let wake = (): void => undefined
  const hear = (text: string): void => {
    typed.push(...text)
    wake()
  }
  input.setEncoding('utf8')
  input.setRawMode(true)
  input.on('data', hear)
  input.resume()
  return {
    next: async () => {
      for (;;) {
        const key = typed.shift()
        if (key !== undefined) return key
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    },
    close: () => {
      input.off('data', hear)
      input.setRawMode(false)
      input.pause()
    },
  }
}

/** @throws Fault on Ctrl-C */
const readHidden = async (keys: Keys, output: NodeJS.WriteStream, prompt: string): Promise<string> => {
  output.write(prompt)
  let typed: string[] = []
  try {
    for (;;) {
      const key = await keys.next()
      if (key === INTERRUPTED) throw new Fault('Nothing was changed.')
      if (ENDS.has(key)) return typed.join('')
      if (RUBOUTS.has(key)) typed = typed.slice(0, -1)
      else typed.push(key)
    }
  } finally {
    output.write('\n')
  }
}
