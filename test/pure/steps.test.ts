import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { stepsOn } from '../../server/src/steps.ts'

/** What was written to a stream that is a terminal, or is not. */
const written = (isTTY: boolean, tell: (steps: ReturnType<typeof stepsOn>) => void): string => {
  const stream = Object.assign(new PassThrough(), { isTTY })
  tell(stepsOn(stream as unknown as NodeJS.WriteStream))
  return String(stream.read() ?? '')
}

describe('progress of the set-up', () => {
  it('is a line each where the output is no terminal', () => {
    const lines = written(false, steps => {
      const step = steps.begin('Control database')
      step.note('applying the schema')
      step.done('embedded PostgreSQL on port 5432')
    })
    expect(lines).toBe('· Control database   applying the schema\n✓ Control database   embedded PostgreSQL on port 5432\n')
  })

  it('is drawn over in a terminal, and ends with a line', () => {
    const drawn = written(true, steps => {
      const step = steps.begin('Demo data')
      step.note('one')
      step.note('two')
      step.done('three')
    })
    expect(drawn.split('\r\u001b[2K')).toEqual(['', '· Demo data          one', '· Demo data          two', '✓ Demo data          three\n'])
  })

  it('draws a bar as long as the part that is done', () => {
    const drawn = written(true, steps => {
      const step = steps.begin('Demo data')
      for (const part of [0, 0.5, 1]) step.progress(part, `${part * 100} %`)
    })
    const bars = drawn.match(/[█░]+/g) ?? []
    expect(bars).toEqual(['░'.repeat(24), '█'.repeat(12) + '░'.repeat(12), '█'.repeat(24)])
  })

  it('tells each tenth once where the output is no terminal', () => {
    const lines = written(false, steps => {
      const step = steps.begin('Demo data')
      for (let part = 0; part <= 100; part++) step.progress(part / 100, `${part} %`)
    })
    expect(lines.trim().split('\n')).toHaveLength(11)
  })

  it('does not repeat itself', () => {
    const drawn = written(true, steps => {
      const step = steps.begin('Demo data')
      for (let i = 0; i < 5; i++) step.note('the same')
    })
    expect(drawn.match(/the same/g)).toHaveLength(1)
  })
})
