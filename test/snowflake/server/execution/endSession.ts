import type { Session } from '../sessions/session.ts'
import { sessionGone } from '../wire/errorCodes.ts'
import type { Service } from './service.ts'

/** The service ends a session: its statements fail, its transaction is rolled back, its tokens answer 390111. */
export const endSession = (service: Service, session: Session): void => {
  service.sessions.end(session)
  letGo(service, session)
}

/** Its owner closes it: its tokens are unknown from now on. */
export const closeSession = (service: Service, session: Session): void => {
  service.sessions.remove(session)
  letGo(service, session)
}

const letGo = (service: Service, session: Session): void => {
  for (const statement of service.statements.underWay()) {
    if (statement.session === session) statement.cancellation.cancel(sessionGone())
  }
  // Not before its statements have ended: what they hold is released by them.
  session.tail = session.tail.then(async () => {
    await session.backend.close()
    service.locks.release(session)
  })
}
