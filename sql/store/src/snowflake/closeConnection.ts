import type { Connection } from 'snowflake-sdk'

const WAITED_FOR_MS = 2_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 5_000
/** By then Snowflake has undone a transaction that nobody goes on with and that others wait for: it does so after five minutes. */
const GIVEN_UP_AFTER_MS = 6 * 60_000

/**
 * Ends the session on the server, with what it has under way. Where the server cannot be reached, it goes on trying in the background: the driver
 * would ask once, and a transaction that was cut off in the middle would keep its rows locked for minutes after the server is back.
 * @returns when it has ended, or after two seconds; never fails
 */
export const closeConnection = (connection: Connection): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(resolve, WAITED_FOR_MS)
    void endOnServer(connection).then(() => {
      clearTimeout(timer)
      resolve()
    })
  })

const endOnServer = async (connection: Connection): Promise<void> => {
  const giveUpAtMs = performance.now() + GIVEN_UP_AFTER_MS
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    if (await hasEnded(connection)) return
    if (performance.now() + pauseMs > giveUpAtMs) return
    // No reason for a process to stay.
    await new Promise<void>(resolve => setTimeout(resolve, pauseMs).unref())
  }
}

/** The driver takes a session for ended that the server does not know any more. */
const hasEnded = (connection: Connection): Promise<boolean> =>
  new Promise(resolve => {
    try {
      connection.destroy(error => resolve(error === undefined || error === null || !connection.isUp()))
    } catch {
      resolve(true)
    }
  })
