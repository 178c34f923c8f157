/** What this server is and how it is set, as it stands while it runs. */
export interface ServerSettingsFacts {
  readonly home: string
  readonly host: string
  /** The one that it listens on. */
  readonly port: () => number
  readonly keepExecutionsDays: number
  readonly keepAuditDays: number
  readonly spoolLimitMb: number
  readonly bundleLimitMb: number
  /** Milliseconds since 1970. */
  readonly startedAtMs: number
  /** In words. */
  readonly credentialKeySource: string
}
