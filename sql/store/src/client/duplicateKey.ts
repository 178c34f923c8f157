import { isDuplicateKeyFailure, SnowflakeFailure } from '../snowflake/failure.ts'

const UNIQUE_VIOLATION = '23505'

/** Whether a statement was refused because a row of that key is there already, on either engine. */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof SnowflakeFailure ? isDuplicateKeyFailure(error) : (error as { code?: unknown } | null)?.code === UNIQUE_VIOLATION
