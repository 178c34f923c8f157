import pg from 'pg'

/** What a session has set in PostgreSQL, by name of the setting. */
export type BackendSettings = Readonly<Record<string, string>>

/** An answer of PostgreSQL: every value is its text. */
export interface BackendResult {
  readonly fields: readonly pg.FieldDef[]
  readonly rows: (string | null)[][]
  readonly rowCount: number | null
}

const RAW_TEXT = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig

/** The one PostgreSQL connection of a session, opened with its first statement. */
export class Backend {
  private opening: Promise<pg.Client> | null = null
  private client: pg.Client | null = null
  /** Settings known to be in force; forgotten by a rollback, which takes them back. */
  private inForce = new Map<string, string>()
  private readonly prepared = new Set<number>()
  private closed = false

  constructor(
    private readonly url: string,
    private readonly applicationName: string,
    /** The connection is gone without `close`. */
    private readonly onLoss: () => void,
  ) {}

  /** Null: there is no connection yet. */
  get processId(): number | null {
    return (this.client as unknown as { processID: number | null } | null)?.processID ?? null
  }

  /** Sends what differs from what is in force, in one message. */
  async apply(settings: BackendSettings): Promise<void> {
    let text = ''
    for (const name in settings) {
      const value = settings[name] ?? ''
      if (this.inForce.get(name) === value) continue
      // What is a list of names in PostgreSQL, as search_path, comes quoted already.
      text += name === 'search_path' ? `SET search_path TO ${value};` : `SET ${name} TO '${value.replaceAll("'", "''")}';`
    }
    if (text === '') return
    await this.run(text)
    for (const name in settings) this.inForce.set(name, settings[name] ?? '')
  }

  /** To be called after a rollback, of a transaction or to a savepoint. */
  forgetSettings(): void {
    this.inForce.clear()
  }

  /** A name for a prepared statement; undefined: the connection has its fill of them. */
  preparedName(planId: number, atMost: number): string | undefined {
    if (!this.prepared.has(planId)) {
      if (this.prepared.size >= atMost) return undefined
      this.prepared.add(planId)
    }
    return `plan_${planId}`
  }

  /** One or more statements without values. */
  async run(text: string): Promise<void> {
    const client = this.client ?? (await this.open())
    await client.query(text)
  }

  /** @param preparedName of a statement that PostgreSQL is to keep */
  async query(text: string, values: unknown[], preparedName?: string): Promise<BackendResult> {
    const client = this.client ?? (await this.open())
    const config = preparedName === undefined ? { text, values } : { name: preparedName, text, values }
    const result = await client.query({ ...config, rowMode: 'array' })
    return result as unknown as BackendResult
  }

  async close(): Promise<void> {
    this.closed = true
    const client = this.client ?? (await this.opening?.catch(() => null)) ?? null
    await client?.end().catch(() => undefined)
  }

  private open(): Promise<pg.Client> {
    this.opening ??= this.connect()
    return this.opening
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.url, application_name: this.applicationName, types: RAW_TEXT })
    client.on('error', () => this.lose())
    client.on('end', () => this.lose())
    await client.connect()
    if (this.closed) await client.end()
    this.client = client
    return client
  }

  private lose(): void {
    if (this.closed) return
    this.closed = true
    this.onLoss()
  }
}
