export const CONNECTION_TYPES = ['POSTGRES', 'SNOWFLAKE'] as const
export type ConnectionType = (typeof CONNECTION_TYPES)[number]
