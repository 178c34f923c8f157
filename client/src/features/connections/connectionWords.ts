import type { SavedConnection } from '../../api/documents/connectionDocuments.ts'
import { AUTHENTICATOR_WORDS } from '../../ui/words/connectionProblems.ts'
import { NOT_MEASURED } from '../../ui/words/numbers.ts'
import type { ConnectionType } from './connectionDraft.ts'

export const TYPE_WORDS: Readonly<Record<ConnectionType, string>> = { POSTGRES: 'PostgreSQL', SNOWFLAKE: 'Snowflake' }

/** The address: host, port and database, or the account. */
export const whereText = ({ postgres, snowflake }: SavedConnection): string => {
  if (postgres !== null) return `${postgres.host}:${postgres.port}/${postgres.database}`
  if (snowflake === null) return NOT_MEASURED
  return snowflake.accessUrl === null ? snowflake.account : `${snowflake.account} at ${snowflake.accessUrl}`
}

/** Who signs in, and in which role. */
export const userText = ({ postgres, snowflake }: SavedConnection): string => {
  const user = (postgres ?? snowflake)?.user || 'as the token says'
  return snowflake?.role ? `${user} as ${snowflake.role}` : user
}

/** The product and its version, which some databases tell without their name. */
export const versionText = (type: ConnectionType, version: string): string =>
  /^\d/.test(version) ? `${TYPE_WORDS[type]} ${version}` : version

/** How it signs in. `isMissing`: with a secret that is not kept. */
export const signInOf = ({ postgres, snowflake, hasSecret }: SavedConnection): { readonly word: string; readonly isMissing: boolean } => {
  if (snowflake === null) return { word: postgres !== null && hasSecret ? 'Password' : 'No password', isMissing: false }
  if (snowflake.tokenFile !== null) return { word: 'OAuth token file', isMissing: false }
  return { word: AUTHENTICATOR_WORDS[snowflake.authenticator], isMissing: !hasSecret }
}
