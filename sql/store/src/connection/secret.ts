import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

/** A key for `sealSecret`, as base64. */
export const newCredentialKey = (): string => randomBytes(KEY_BYTES).toString('base64')

const keyOf = (base64: string): Buffer => {
  const key = Buffer.from(base64, 'base64')
  if (key.length !== KEY_BYTES) throw new Error(`the credential key must be ${KEY_BYTES} bytes in base64; it has ${key.length}`)
  return key
}

/**
 * Seals a secret for the CONNECTIONS table: AES-256-GCM with a random nonce each time and the connection's id as associated data, so that a sealed
 * text moved to another connection does not open. Form: base64 of nonce, tag, cipher text.
 */
export const sealSecret = (secret: string, connectionId: string, keyBase64: string): string => {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, keyOf(keyBase64), nonce).setAAD(Buffer.from(connectionId))
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
}

/** @throws when the key is another one, or the text was changed or moved */
export const openSecret = (sealedBase64: string, connectionId: string, keyBase64: string): string => {
  const bytes = Buffer.from(sealedBase64, 'base64')
  const key = keyOf(keyBase64)
  try {
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(connectionId))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
  } catch {
    throw new Error(
      'the saved credentials do not open with this FLAKEBENCH_CREDENTIAL_KEY: use the key they were saved with, or save them again',
    )
  }
}
