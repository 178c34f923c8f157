import { readFileSync } from 'node:fs'
import { EmbeddedError } from './embeddedError.ts'

/** The system user that PostgreSQL runs as: ours, unless that is root, which PostgreSQL refuses. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
  /** Its name, or its number where it has none. */
  readonly name: string
  /** Whether it is another than ours, so that files have to be made its own and directories open to it. */
  readonly isAnother: boolean
}

interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

const parseAccounts = (passwd: string): readonly Account[] =>
  passwd.split('\n').flatMap(line => {
    const [name, , uid, gid] = line.split(':')
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })

const readAccounts = (): readonly Account[] => {
  try {
    return parseAccounts(readFileSync('/etc/passwd', 'utf8'))
  } catch {
    return []
  }
}

/**
 * Chooses the user: our own; as root `postgres`, else `nobody`. As root the owner of an existing cluster comes first, so that a user
 * `postgres` that was added later does not lock us out of our own data.
 */
export const chooseServerUser = (ownerUid?: number): ServerUser => {
  const uid = process.getuid?.() ?? 0
  const gid = process.getgid?.() ?? 0
  const accounts = readAccounts()
  if (uid !== 0) return { uid, gid, name: accounts.find(account => account.uid === uid)?.name ?? String(uid), isAnother: false }
  const candidates = [
    accounts.find(account => account.uid === ownerUid && ownerUid !== 0),
    accounts.find(account => account.name === 'postgres'),
    accounts.find(account => account.name === 'nobody'),
  ]
  const chosen = candidates.find(account => account !== undefined)
  if (!chosen) {
    throw new EmbeddedError(
      'NO_USER',
      'PostgreSQL does not run as root, and there is no user postgres or nobody in /etc/passwd: ' +
        'start FlakeBench as an ordinary user, or name a PostgreSQL of your own in CONTROL_DATABASE_URL.',
    )
  }
  return { ...chosen, isAnother: true }
}

/** What `spawn` needs to run a child as that user. */
export const spawnAs = (user: ServerUser): { readonly uid?: number; readonly gid?: number } =>
  user.isAnother ? { uid: user.uid, gid: user.gid } : {}

/** The whole environment of PostgreSQL's programs. LANG and LC_* would decide the encoding of a new cluster, TZ its time zone. */
export const SERVER_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
}
