/** The control database on a wire server, with its usual user. */
export const wireControlUrl = (accessUrl: string): string =>
  `snowflake://BENCH:bench@FLAKEBENCH/FLAKEBENCH?warehouse=CONTROL_WH&accessUrl=${encodeURIComponent(accessUrl)}`
