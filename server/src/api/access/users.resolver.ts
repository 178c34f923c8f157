import { deleteUser, listUsers, readUser, type SavedUser } from '@flakebench/store'
import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql'
import { keepingAnAdmin } from '../../access/keepingAnAdmin.ts'
import { sessionHashOf } from '../../access/openGate.ts'
import { saveUser } from '../../access/saveUser.ts'
import { notFound, Refusal } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { User, UserInput } from './user.type.ts'

const toUser = ({ id, name, role, isDisabled, createdAtMs, lastSignInAtMs }: SavedUser): User => ({
  id,
  name,
  role,
  isDisabled,
  createdAt: new Date(createdAtMs),
  lastSignInAt: lastSignInAtMs === null ? null : new Date(lastSignInAtMs),
})

const existing = async (id: string, { db }: ApiContext): Promise<SavedUser> => {
  const user = await readUser(db, id)
  if (user === null) throw notFound('user', id)
  return user
}

/** Otherwise one that is lost, or ends soon, could make itself an admin for ever. */
const refuseTokens = ({ actor }: ApiContext): void => {
  if (actor.method === 'TOKEN') throw new Refusal('FORBIDDEN', 'A token neither makes nor changes users: sign in for that')
}

const save = async (input: UserInput, before: SavedUser | null, context: ApiContext): Promise<User> => {
  const { db, access, actor } = context
  const keptSession = before !== null && before.id === actor.userId ? sessionHashOf(actor) : null
  const { id } = await saveUser({ db, passwords: access.passwords }, input, before, keptSession)
  access.forget()
  return toUser(await existing(id, context))
}

@Resolver()
export class UsersResolver {
  @Query(() => [User], { description: 'By name.' })
  async users(@Ctx() { db }: ApiContext): Promise<User[]> {
    return (await listUsers(db)).map(toUser)
  }

  @Mutation(() => User, {
    description:
      'The first user of a server without sign-in must be an admin: from then on everybody signs in, and tokens from before have ended.',
  })
  async createUser(@Arg('input', () => UserInput) input: UserInput, @Ctx() context: ApiContext): Promise<User> {
    refuseTokens(context)
    return await save(input, null, context)
  }

  @Mutation(() => User, {
    description:
      'Holds at once, also where they are signed in; at other servers of these control tables within 5 s for what they ask, and within about a minute for what they are told. The last admin who can sign in stays one. Another password ends their sessions.',
  })
  async updateUser(
    @Arg('id', () => ID) id: string,
    @Arg('input', () => UserInput) input: UserInput,
    @Ctx() context: ApiContext,
  ): Promise<User> {
    refuseTokens(context)
    return await save(input, await existing(id, context), context)
  }

  @Mutation(() => ID, { description: 'With their sessions and tokens.' })
  async deleteUser(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<string> {
    refuseTokens(context)
    const { name } = await existing(id, context)
    await keepingAnAdmin(name, () => deleteUser(context.db, id))
    context.access.forget()
    return id
  }
}
