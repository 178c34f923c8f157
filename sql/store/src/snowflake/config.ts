/**
 * What the driver reads of the environment when it is loaded. It has no options for these: without them it looks for the clouds' metadata services,
 * posts a record of each login, and probes a native library; and the S3 client in it warns of old Node versions.
 */
const QUIET: Readonly<Record<string, string>> = {
  SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true',
  SF_TELEMETRY_DISABLE_CONNECTION_SHAPE: '1',
  SNOWFLAKE_DISABLE_MINICORE: '1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
}

/** Must come before the driver is loaded. What the operator has set stays. */
export const quietenDriver = (): void => {
  for (const [name, value] of Object.entries(QUIET)) process.env[name] ??= value
}
