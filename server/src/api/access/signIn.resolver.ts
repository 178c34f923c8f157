import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql'
import { SESSION_COOKIE, sessionCookie } from '../../access/sessionCookie.ts'
import { Refusal } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { toViewer } from './viewer.map.ts'
import { Viewer } from './viewer.type.ts'

/** What sets the session of the answer to that of a secret; null: to none. @throws Refusal before anything is done, where none can be set */
const sessionSetter = ({ access, caller: { setCookie } }: ApiContext): ((secret: string | null) => void) => {
  if (setCookie === null) throw new Refusal('WRONG_STATE', 'Sign in and out with a POST to /graphql: a WebSocket carries no cookies')
  return secret => setCookie(sessionCookie(secret, access.isSecure))
}

@Resolver()
export class SignInResolver {
  @Query(() => Viewer, { description: 'Who asks. Answered to everybody.' })
  async viewer(@Ctx() context: ApiContext): Promise<Viewer> {
    if (context.caller.unknownBecause !== null) throw context.caller.unknownBecause
    return await toViewer(context.actor, context)
  }

  @Mutation(() => Viewer, { description: 'Begins a session, kept in a cookie.' })
  async signIn(
    @Arg('name', () => String) name: string,
    @Arg('password', () => String) password: string,
    @Ctx() context: ApiContext,
  ): Promise<Viewer> {
    const { access, caller } = context
    if (!(await access.isSignInRequired())) throw new Refusal('WRONG_STATE', 'Nobody has to sign in here: there are no users')
    const setSession = sessionSetter(context)
    const secret = await access.signIns.signIn(name, password, caller.isShared ? null : caller.address)
    setSession(secret)
    return await toViewer(await access.gate.actorOf({ cookie: `${SESSION_COOKIE}=${secret}` }), context)
  }

  @Mutation(() => Viewer, { description: 'Ends the session.' })
  async signOut(@Ctx() context: ApiContext): Promise<Viewer> {
    const setSession = sessionSetter(context)
    await context.access.signIns.signOut(context.actor)
    setSession(null)
    return await toViewer(await context.access.gate.actorOf({}), context)
  }

  @Mutation(() => Viewer, { description: 'Of whoever has signed in. It ends their other sessions.' })
  async changePassword(
    @Arg('currentPassword', () => String) currentPassword: string,
    @Arg('newPassword', () => String) newPassword: string,
    @Ctx() context: ApiContext,
  ): Promise<Viewer> {
    await context.access.signIns.changePassword(context.actor, currentPassword, newPassword)
    return await toViewer(context.actor, context)
  }
}
