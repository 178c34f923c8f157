import { COMPAT } from './types.ts'

const define = (head: string, returns: string, body: string): string =>
  `CREATE OR REPLACE FUNCTION ${COMPAT}.${head} RETURNS ${returns} LANGUAGE sql STABLE AS $body$ SELECT ${body} $body$`

const months = (moment: string): string => `(extract(year FROM ${moment}) * 12 + extract(month FROM ${moment}))`
const between = (unit: string, seconds: string): string =>
  `(extract(epoch FROM date_trunc('${unit}', b) - date_trunc('${unit}', a)) / ${seconds})::bigint`

/** Counts the boundaries crossed, as Snowflake does. Weeks begin on Monday. */
const difference = `CASE part
  WHEN 'nanosecond' THEN (extract(epoch FROM b - a) * 1000000000)::bigint
  WHEN 'microsecond' THEN (extract(epoch FROM b - a) * 1000000)::bigint
  WHEN 'millisecond' THEN ${between('milliseconds', '0.001')}
  WHEN 'second' THEN ${between('second', '1')}
  WHEN 'minute' THEN ${between('minute', '60')}
  WHEN 'hour' THEN ${between('hour', '3600')}
  WHEN 'day' THEN (b::date - a::date)::bigint
  WHEN 'week' THEN ((date_trunc('week', b)::date - date_trunc('week', a)::date) / 7)::bigint
  WHEN 'month' THEN (${months('b')} - ${months('a')})::bigint
  WHEN 'quarter' THEN ((extract(year FROM b) - extract(year FROM a)) * 4 + extract(quarter FROM b) - extract(quarter FROM a))::bigint
  WHEN 'year' THEN (extract(year FROM b) - extract(year FROM a))::bigint
END`

const added = (from: string): string => `CASE part
  WHEN 'nanosecond' THEN ${from} + (n / 1000) * interval '1 microsecond'
  WHEN 'quarter' THEN ${from} + make_interval(months => (trunc(n) * 3)::integer)
  WHEN 'year' THEN ${from} + make_interval(years => trunc(n)::integer)
  WHEN 'month' THEN ${from} + make_interval(months => trunc(n)::integer)
  WHEN 'week' THEN ${from} + make_interval(days => trunc(n)::integer * 7)
  WHEN 'day' THEN ${from} + make_interval(days => trunc(n)::integer)
  ELSE ${from} + trunc(n)::double precision * ('1 ' || part)::interval
END`

const part = `CASE part
  WHEN 'epoch_second' THEN floor(extract(epoch FROM t))
  WHEN 'epoch_millisecond' THEN floor(extract(epoch FROM t) * 1000)
  WHEN 'epoch_microsecond' THEN floor(extract(epoch FROM t) * 1000000)
  WHEN 'year' THEN extract(year FROM t) WHEN 'quarter' THEN extract(quarter FROM t) WHEN 'month' THEN extract(month FROM t)
  WHEN 'week' THEN extract(week FROM t) WHEN 'day' THEN extract(day FROM t) WHEN 'dayofmonth' THEN extract(day FROM t)
  WHEN 'dayofweek' THEN extract(dow FROM t) WHEN 'dayofyear' THEN extract(doy FROM t) WHEN 'hour' THEN extract(hour FROM t)
  WHEN 'minute' THEN extract(minute FROM t) WHEN 'second' THEN floor(extract(second FROM t))
  WHEN 'millisecond' THEN mod(floor(extract(milliseconds FROM t)), 1000)
END::bigint`

/** Whole seconds, or thousandths, millionths … when the number is too large for seconds: Snowflake guesses so for text. */
const fromDigits = (digits: string): string =>
  `to_timestamp(CASE WHEN ${digits} < 31536000000 THEN ${digits} WHEN ${digits} < 31536000000000 THEN ${digits} / 1000 WHEN ${digits} < 31536000000000000 THEN ${digits} / 1000000 ELSE ${digits} / 1000000000 END)`

const conversions = (name: string, type: string, ofEpoch: (moment: string) => string): string[] => [
  define(`${name}(v text)`, type, `CASE WHEN v ~ '^\\d+$' THEN ${ofEpoch(fromDigits('v::numeric'))} ELSE v::${type} END`),
  define(`${name}(v text, format text)`, type, `to_timestamp(v, format)::timestamp::${type}`),
  define(`${name}(v numeric)`, type, ofEpoch('to_timestamp(v)')),
  define(`${name}(v numeric, scale integer)`, type, ofEpoch('to_timestamp(v / power(10, scale)::numeric)')),
  define(`${name}(v jsonb)`, type, `${COMPAT}.${name}(v #>> '{}')`),
  define(`${name}(v timestamp)`, type, `v::${type}`),
  define(`${name}(v timestamptz)`, type, `v::${type}`),
  define(`${name}(v date)`, type, `v::${type}`),
]

/** Functions of dates and moments. */
export const COMPAT_DATE_SQL: readonly string[] = [
  define('timestampdiff(part text, a timestamp, b timestamp)', 'bigint', difference),
  define('timestampdiff(part text, a timestamptz, b timestamptz)', 'bigint', `${COMPAT}.timestampdiff(part, a::timestamp, b::timestamp)`),
  define('timestampdiff(part text, a timestamp, b timestamptz)', 'bigint', `${COMPAT}.timestampdiff(part, a, b::timestamp)`),
  define('timestampdiff(part text, a timestamptz, b timestamp)', 'bigint', `${COMPAT}.timestampdiff(part, a::timestamp, b)`),
  define('dateadd(part text, n numeric, t timestamp)', 'timestamp', added('t')),
  define('dateadd(part text, n numeric, t timestamptz)', 'timestamptz', added('t')),
  define('dateadd_days(part text, n numeric, t timestamp)', 'timestamp', added('t')),
  define('dateadd_days(part text, n numeric, t timestamptz)', 'timestamptz', added('t')),
  define('dateadd_days(part text, n numeric, t date)', 'date', `(${added('t::timestamp')})::date`),
  define('date_part_of(part text, t timestamp)', 'bigint', part),
  define('date_part_of(part text, t timestamptz)', 'bigint', part),
  ...conversions('to_timestamp_ntz', 'timestamp', moment => `(${moment} AT TIME ZONE 'UTC')`),
  ...conversions('to_timestamp_ltz', 'timestamptz', moment => moment),
  ...conversions('to_date', 'date', moment => `(${moment} AT TIME ZONE 'UTC')::date`),
  define('to_time(v text)', 'time', 'v::time'),
  define('to_time(v timestamp)', 'time', 'v::time'),
  define('try_to_timestamp_ntz(v text)', 'timestamp', `${COMPAT}.valid_text(v, 'timestamp')::timestamp`),
  define('try_to_date(v text)', 'date', `${COMPAT}.valid_text(v, 'date')::date`),
  define('last_day(t timestamptz)', 'date', `(date_trunc('month', t) + interval '1 month - 1 day')::date`),
  define('convert_timezone(zone text, t timestamptz)', 'timestamp', 't AT TIME ZONE zone'),
  define('convert_timezone(source text, zone text, t timestamp)', 'timestamp', '(t AT TIME ZONE source) AT TIME ZONE zone'),
]
