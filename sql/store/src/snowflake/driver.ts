import { quietenDriver } from './config.ts'
import { watchRequests } from './hiddenRetries.ts'

export type SnowflakeDriver = typeof import('snowflake-sdk')

let loading: Promise<SnowflakeDriver> | undefined

/**
 * The Snowflake driver, loaded when first asked for: it takes half a second and 60 MB, and only some processes need it. It writes no files and nothing
 * to the console, and honours HTTPS_PROXY and NO_PROXY.
 */
export const loadSnowflake = (): Promise<SnowflakeDriver> => {
  loading ??= load()
  return loading
}

const load = async (): Promise<SnowflakeDriver> => {
  quietenDriver()
  const imported = (await import('snowflake-sdk')) as SnowflakeDriver & { readonly default?: SnowflakeDriver }
  const driver = imported.default ?? imported
  driver.configure({
    logLevel: 'OFF',
    additionalLogToConsole: false,
    // ⚠ A logger of one's own is what keeps `snowflake.log` from being created, which even the level OFF may do.
    customLogger: { error: silence, warn: silence, info: silence, debug: silence, trace: silence },
    jsonColumnVariantParser: parseVariant,
  })
  watchRequests()
  return driver
}

const silence = (): void => undefined

/** ⚠ Where JSON.parse fails (Snowflake writes `undefined` into arrays), the driver's own parser runs the text as JavaScript. */
const parseVariant = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
