import { PostgreSQL, SQLDialect, StandardSQL } from '@codemirror/lang-sql'

const SNOWFLAKE_WORDS =
  'account array_agg at before changes clone cluster collate comment copy current_timestamp dateadd datediff flatten iff ilike infer_schema like_all limit match_recognize merge minus number object offset pivot qualify regexp result_scan rlike sample seq8 show stage table tablesample temporary timediff top transient try_cast unpivot unset use using variant warehouse'
const SNOWFLAKE_TYPES =
  'array binary boolean bigint char date datetime decimal double float geography int integer number numeric object real smallint string text time timestamp timestamp_ltz timestamp_ntz timestamp_tz varchar variant vector'

/** What Snowflake has beside standard SQL. */
const Snowflake = SQLDialect.define({
  ...StandardSQL.spec,
  keywords: `${PostgreSQL.spec.keywords ?? ''} ${SNOWFLAKE_WORDS}`,
  types: SNOWFLAKE_TYPES,
  doubleDollarQuotedStrings: true,
  slashComments: true,
  specialVar: '$@',
})

export type DialectName = 'postgres' | 'snowflake'
export const SQL_DIALECTS: Readonly<Record<DialectName, SQLDialect>> = { postgres: PostgreSQL, snowflake: Snowflake }
