/**
 * Whether this page may open its socket: a socket that is refused is opened again for ever, so it waits until the server has
 * said that whoever is here may ask. `letIn` is told once; from then on `untilLetIn` is over at once.
 */
let tellLetIn = (): void => {}
const letInOnce = new Promise<void>(resolve => {
  tellLetIn = resolve
})

export const letIn = (): void => tellLetIn()
export const untilLetIn = (): Promise<void> => letInOnce

type Listener = () => void
const listeners = new Set<Listener>()

/** Told when an answer was refused, or the socket was closed, because nobody is signed in any more. */
export const onTurnedAway = (listener: Listener): void => void listeners.add(listener)
export const tellTurnedAway = (): void => {
  for (const listener of listeners) listener()
}
