export type UserTask = 'ADD' | 'ROLE' | 'PASSWORD'

interface TaskWords {
  readonly title: (name: string) => string
  readonly asks: readonly ('name' | 'role' | 'password')[]
  readonly act: string
  readonly passwordHint: string
  /** What saving it does, in words. */
  readonly effect: string
}

/** What the dialog asks for and says, by what an admin wants to do. */
export const USER_TASKS: Readonly<Record<UserTask, TaskWords>> = {
  ADD: {
    title: () => 'New user',
    asks: ['name', 'role', 'password'],
    act: 'Add user',
    passwordHint: 'At least 12 characters. Tell it to them in a safe way; they can change it under Settings.',
    effect: '',
  },
  ROLE: {
    title: name => `Role of ${name}`,
    asks: ['role'],
    act: 'Change role',
    passwordHint: '',
    effect: 'It counts from their next request on. Their tokens never may more than they do.',
  },
  PASSWORD: {
    title: name => `New password for ${name}`,
    asks: ['password'],
    act: 'Set password',
    passwordHint: 'At least 12 characters. Tell it to them in a safe way; they can change it under Settings.',
    effect: 'They are signed out everywhere, and sign in with the new one.',
  },
}
