import { describeSignIn } from '../snowflake/signIn.ts'
import { parseSnowflakeUrl } from '../snowflake/snowflakeUrl.ts'
import type { ControlDatabaseOptions } from './controlDatabaseOptions.ts'
import { openPostgres } from './postgres.ts'
import { openSnowflake } from './snowflake.ts'
import type { SqlClient } from './sqlClient.ts'

/** The engine that an address is for; null: neither. */
export const engineOfUrl = (url: string): SqlClient['engine'] | null => {
  if (/^postgres(ql)?:\/\//.test(url)) return 'postgres'
  return /^snowflake:\/\//.test(url) ? 'snowflake' : null
}

/** What is wrong with the address of a control database, in words that continue "CONTROL_DATABASE_URL …"; empty when nothing is. */
export const faultsOfControlUrl = (url: string): readonly string[] => {
  switch (engineOfUrl(url)) {
    case 'postgres':
      return URL.canParse(url) ? [] : ['is not an address: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE']
    case 'snowflake':
      return parseSnowflakeUrl(url).faults
    case null:
      return ['must begin with postgresql:// or snowflake://']
  }
}

/** @throws Error for an address that `faultsOfControlUrl` finds fault with */
export const snowflakeSignInOf = (url: string) => {
  const { signIn, faults } = parseSnowflakeUrl(url)
  if (signIn === null) throw new Error(`the control database's address ${faults.join('; it ')}`)
  return signIn
}

/** Opens the control database that the address names; connects when first used. */
export const openControlDatabase = (options: ControlDatabaseOptions): SqlClient => {
  if (engineOfUrl(options.url) !== 'snowflake') return openPostgres(options)
  const { url, relaxedDurability: _, ...others } = options
  return openSnowflake({ ...others, signIn: snowflakeSignInOf(url) })
}

/** For messages: which database it is, without a secret. */
export const describeControlDatabase = (url: string): string => {
  if (engineOfUrl(url) === 'snowflake') return describeSignIn(snowflakeSignInOf(url))
  const { host, pathname } = new URL(url)
  return `PostgreSQL at ${host}${pathname}`
}
