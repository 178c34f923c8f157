import type { LogLevel } from '@flakebench/contract'
import { expect, it } from 'vitest'
import { NO_CLIENT_NEWS, nextClientNews } from '../../worker/src/measure/clientNews.ts'
import { BUSY_CLIENT, EASY_CLIENT } from '../kit/sampleSnapshot.ts'

/** What is told of seconds that were limited (#) or not (.), with the second after which it is told. */
const told = (seconds: string): readonly [LogLevel, number][] => {
  let news = NO_CLIENT_NEWS
  return [...seconds].flatMap((second, i) => {
    const client = second === '#' ? BUSY_CLIENT : EASY_CLIENT
    const [next, line] = nextClientNews(news, { startMs: i * 1_000, endMs: (i + 1) * 1_000, client })
    news = next
    return line === null ? [] : [[line.level, i + 1] as const]
  })
}

it.each([
  ['nothing of a worker at ease', '.......', []],
  [
    'when it begins, and when it has been over for a while',
    '..###......',
    [
      ['WARN', 3],
      ['INFO', 10],
    ],
  ],
  [
    'one stretch of a worker at the edge',
    '#.#..#...#.....',
    [
      ['WARN', 1],
      ['INFO', 15],
    ],
  ],
  [
    'again when it comes again',
    '#.....#',
    [
      ['WARN', 1],
      ['INFO', 6],
      ['WARN', 7],
    ],
  ],
] as const)('the log tells %s', (_, seconds, lines) => {
  expect(told(seconds)).toEqual(lines)
})
