import { readFileSync } from 'node:fs'
import type { SnowflakeSettings, SnowflakeSignIn } from '@flakebench/store'

/** The settings and the secret of a saved connection that signs in as `signIn` does. */
export const savedSignIn = (signIn: SnowflakeSignIn): { readonly settings: SnowflakeSettings; readonly password: string } => {
  const { account, user, role, accessUrl, auth } = signIn
  const settings: SnowflakeSettings = { account, user, role, authenticator: auth.type, tokenFile: null, accessUrl }
  switch (auth.type) {
    case 'PASSWORD':
      return { settings, password: auth.password }
    case 'KEY_PAIR':
      return { settings, password: JSON.stringify({ privateKey: auth.privateKey, passphrase: auth.passphrase }) }
    case 'OAUTH':
    case 'PAT':
      return { settings, password: 'token' in auth ? auth.token : readFileSync(auth.tokenFile, 'utf8').trim() }
  }
}
