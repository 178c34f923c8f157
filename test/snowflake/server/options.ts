/** Someone who may sign in. */
export interface WireUser {
  /** Folded to upper case, as Snowflake does. */
  readonly name: string
  readonly password?: string
  /** SPKI in PEM; whoever signs with its private key gets in. */
  readonly publicKeyPem?: string
  readonly oauthTokens?: readonly string[]
  /** Were valid once: refused as expired (390318). */
  readonly expiredOauthTokens?: readonly string[]
  /** Programmatic access tokens. */
  readonly pats?: readonly string[]
  /** `PUBLIC` when left out. */
  readonly defaultRole?: string
  /** The roles that may be asked for; any when left out. */
  readonly roles?: readonly string[]
}

export type ScalingPolicy = 'STANDARD' | 'ECONOMY'

/** A warehouse that is there from the start. What is left out is as Snowflake has it by default. */
export interface WireWarehouse {
  readonly name: string
  /** As `SHOW WAREHOUSES` writes it: `X-Small`, `Medium`, … */
  readonly size?: string
  readonly type?: string
  readonly minClusters?: number
  readonly maxClusters?: number
  /** How many statements one cluster runs at once; further ones queue. */
  readonly statementsPerCluster?: number
  readonly scalingPolicy?: ScalingPolicy
  /** Statements end after 5 s there. */
  readonly isInteractive?: boolean
  readonly autoSuspendSeconds?: number
  readonly autoResume?: boolean
  readonly startsSuspended?: boolean
  /** How long a further cluster, or a suspended warehouse, takes to come up. */
  readonly startMs?: number
  /** How long a further cluster stays without work. */
  readonly retireMs?: number
  /** The warehouse's own STATEMENT_TIMEOUT_IN_SECONDS. */
  readonly statementTimeoutSeconds?: number
}

export interface SnowflakeServerOptions {
  /** A superuser's URL of a database that `prepareDatabase` has prepared. One server a database. */
  readonly postgresUrl: string
  /** A free one when left out. */
  readonly port?: number
  /** `FLAKEBENCH` when left out. */
  readonly account?: string
  /** Refuse what Snowflake refuses; true when left out. */
  readonly strict?: boolean
  /** `DEFAULT_USERS` when left out. */
  readonly users?: readonly WireUser[]
  /** `DEFAULT_WAREHOUSES` when left out. */
  readonly warehouses?: readonly WireWarehouse[]
  /** Where PUT puts files; a temporary folder, removed by `close`, when left out. */
  readonly stageFolder?: string
  /** How long a session token is valid; 3600 when left out. */
  readonly validitySeconds?: number
  /** Answers of more rows go out in chunks of that many; 10 000 when left out. */
  readonly rowsPerChunk?: number
}

export const DEFAULT_ACCOUNT = 'FLAKEBENCH'
export const DEFAULT_USERS: readonly WireUser[] = [{ name: 'BENCH', password: 'bench', defaultRole: 'BENCH_ROLE' }]
/** One for the control tables, one for what is measured: FlakeBench wants two. */
export const DEFAULT_WAREHOUSES: readonly WireWarehouse[] = [{ name: 'CONTROL_WH' }, { name: 'BENCH_WH', maxClusters: 3 }]
