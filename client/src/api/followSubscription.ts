import { type AnyVariables, stringifyDocument, type TypedDocumentNode } from '@urql/core'
import { waitBeforeRetry } from './retryDelay.ts'
import { socket } from './socket.ts'

/**
 * Follows a subscription for ever: when it ends or fails, `isOver` is asked whether that was the end; if not it is opened
 * again after a growing wait. A lost socket is reopened underneath by itself. `variables` are asked for each time that it is sent, after a lost socket too.
 */
export const followSubscription = <Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: () => Variables,
  onData: (data: Data) => void,
  isOver: () => boolean = () => false,
): (() => void) => {
  const query = stringifyDocument(document)
  let isWanted = true
  let unsubscribe = (): void => {}
  let attempt = 0

  const reopen = async (): Promise<void> => {
    if (!isWanted || isOver()) return
    await waitBeforeRetry(attempt++)
    if (isWanted && !isOver()) open()
  }
  const open = (): void => {
    unsubscribe = socket.subscribe<Data, unknown>(
      {
        query,
        get variables() {
          return variables() as Record<string, unknown>
        },
      },
      {
        next: result => {
          if (result.errors !== undefined) console.warn('The subscription reported a problem.', result.errors)
          if (!isWanted || result.data === null || result.data === undefined) return
          attempt = 0
          onData(result.data)
        },
        error: () => void reopen(),
        complete: () => void reopen(),
      },
    )
  }
  open()
  return () => {
    isWanted = false
    unsubscribe()
  }
}
