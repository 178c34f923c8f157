type Authenticator = 'PASSWORD' | 'KEY_PAIR' | 'OAUTH' | 'PAT'

export const AUTHENTICATOR_WORDS: Readonly<Record<Authenticator, string>> = {
  PASSWORD: 'Password',
  KEY_PAIR: 'Key pair',
  OAUTH: 'OAuth token',
  PAT: 'Access token',
}

/** As the form labels its fields. */
const FIELD_LABELS: Readonly<Record<string, string>> = {
  name: 'Name',
  url: 'URL',
  host: 'Host',
  port: 'Port',
  user: 'User',
  database: 'Database',
  tls: 'Encryption (TLS)',
  ca: 'Own authority (CA)',
  password: 'Password',
  account: 'Account',
  role: 'Role',
  authenticator: 'Sign in with',
  accessUrl: 'Address',
  privateKey: 'Private key',
  privateKeyPassphrase: 'Passphrase',
  token: 'Token',
  tokenFile: 'Token file',
}
const TLS_CHOICES: Readonly<Record<string, string>> = { OFF: 'Off', VERIFY: 'Check the certificate' }

const PATH = /\b(?:postgres|snowflake)\.(\w+)/g
const SET_TLS = /\bset tls to (OFF|VERIFY)\b/g
const OWN_NAMES = /\b(?:accessUrl|privateKeyPassphrase|privateKey|tokenFile)\b/g
const AS_CA = /\bas ca\b/g
const AUTHENTICATORS = /\b(?:KEY_PAIR|OAUTH|PAT)\b|(?<=\bfor )PASSWORD\b|\bPASSWORD(?= takes\b)/g

const quoted = (word: string): string => `“${word}”`

/** What is wrong with a connection, or keeps it from signing in, in the words of its form. What somebody gave, in quotes, stays as it is. */
export const inConnectionWords = (message: string): string =>
  message
    .split(/("[^"]*")/)
    .map((part, at) =>
      at % 2 === 1
        ? part
        : part
            .replaceAll(PATH, (path, field: string) => (FIELD_LABELS[field] === undefined ? path : quoted(FIELD_LABELS[field])))
            .replaceAll(
              SET_TLS,
              (_, choice: string) => `set ${quoted(FIELD_LABELS['tls'] ?? '')} to ${quoted(TLS_CHOICES[choice] ?? choice)}`,
            )
            .replaceAll(OWN_NAMES, field => quoted(FIELD_LABELS[field] ?? field))
            .replaceAll(AS_CA, `under ${quoted(FIELD_LABELS['ca'] ?? '')}`)
            .replaceAll(AUTHENTICATORS, name => quoted(AUTHENTICATOR_WORDS[name as Authenticator] ?? name)),
    )
    .join('')
