import { performance } from 'node:perf_hooks'
import type { Heartbeat, PushAnswer, WorkerSnapshot } from '@flakebench/contract'
import type { PostReport } from './postReport.ts'
import type { Tell } from './tellTroubles.ts'

/** Also without a snapshot. */
const PUSH_MS = 1_000
/** An answer is good for so long: two pushes may be missed. */
const HEARD_MS = 3_500
/** What waits for an answer; older ones the owner finds in the tables. */
const MOST_SNAPSHOTS = 60
const MOST_CHARACTERS = 4_000_000

export interface PushDeps {
  readonly post: PostReport
  /** Where the run's owner takes reports; null: nowhere. */
  readonly url: () => string | null
  readonly read: () => Heartbeat
  readonly answered: (answer: PushAnswer) => void
  readonly trouble: Tell
}

export interface Pushing {
  /** Sends it with the next push, which is now. */
  send(snapshot: WorkerSnapshot): void
  /** Whether the run's owner has lately taken a push. */
  readonly isHeard: boolean
  /** From here on nothing but what `last` sends: it must be in the tables first. */
  stop(): void
  /** One push of the state as it is now; resolves when it is answered or was not taken. */
  last(): Promise<void>
}

/** Tells the run's owner directly what goes to the tables as well: never two at once, nothing waits for it, nothing is lost without it. */
export const startPushing = ({ post, url, read, answered, trouble }: PushDeps): Pushing => {
  /** Not yet answered for, as they are sent. */
  let waiting: readonly string[] = []
  let heardAtMs = Number.NEGATIVE_INFINITY
  let pushedAtMs = Number.NEGATIVE_INFINITY
  let under: Promise<void> | null = null
  let again = false
  let isStopped = false

  const push = async (to: string): Promise<void> => {
    pushedAtMs = performance.now()
    const sent = waiting
    try {
      const answer = await post(to, `{"heartbeat":${JSON.stringify(read())},"snapshots":[${sent.join(',')}]}`)
      if (answer.owned) {
        const taken = new Set(sent)
        waiting = waiting.filter(one => !taken.has(one))
        heardAtMs = performance.now()
      } else heardAtMs = Number.NEGATIVE_INFINITY
      trouble.over()
      answered(answer)
    } catch (error) {
      trouble.met(error)
    }
  }

  const pushNow = (): void => {
    const to = url()
    if (isStopped || to === null) return
    if (under !== null) {
      again = true
      return
    }
    again = false
    under = push(to).finally(() => {
      under = null
      if (again) pushNow()
    })
  }

  const timer = setInterval(() => {
    if (performance.now() - pushedAtMs >= PUSH_MS / 2) pushNow()
  }, PUSH_MS)

  return {
    send: snapshot => {
      waiting = newestOf([...waiting, JSON.stringify(snapshot)])
      pushNow()
    },
    get isHeard() {
      return performance.now() - heardAtMs < HEARD_MS
    },
    stop: () => {
      isStopped = true
      clearInterval(timer)
    },
    last: async () => {
      await under
      const to = url()
      if (to !== null) await push(to)
    },
  }
}

/** As many of the newest as one report may hold. */
const newestOf = (snapshots: readonly string[]): readonly string[] => {
  let characters = 0
  let first = snapshots.length
  while (first > 0 && snapshots.length - first < MOST_SNAPSHOTS) {
    characters += (snapshots[first - 1] as string).length
    if (characters > MOST_CHARACTERS) break
    first -= 1
  }
  return snapshots.slice(first)
}
