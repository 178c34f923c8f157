import type pg from 'pg'
import { DEMO_PHRASES } from './demoPhrases.ts'

/** Three years, in which the orders were placed in the order of their ids. */
const PERIOD_SECONDS = 3 * 365 * 86_400

/**
 * Every value is a function of the order's id and the seed alone: `h1`, `h2`, `h3` are 64 hash bits each (PostgreSQL's own hash of a
 * bigint, the same on every platform), of which each column takes bits of its own.
 *
 * The customer is drawn as Zipf draws (weight about 1/n): first which of 16 sizes of group, 1, 2, 4 … 32768, each as likely; then one of
 * the group. So of 65,535 customers the first has a sixteenth of all orders and the first 255 have half of them. It needs no logarithm,
 * whose last bit differs between machines.
 */
const INSERT_ROWS = `
INSERT INTO public.orders (order_id, customer_id, status, amount, currency, created_at, updated_at, note)
SELECT id, (1 << octave) + (h1 >> 8 & (1 << octave) - 1)::integer,
       (ARRAY['NEW', 'PAID', 'SHIPPED', 'CANCELLED', 'DELIVERED'])
         [1 + width_bucket((h1 >> 24 & 65535) % 100, ARRAY[4, 12, 24, 30]::bigint[])],
       ((199 + (h2 & 16383) + CASE WHEN h1 >> 40 & 15 = 0 THEN h2 >> 14 & 262143 ELSE 0 END) / 100.0)::numeric(10, 2),
       (ARRAY['USD', 'EUR', 'GBP', 'JPY', 'CHF'])[1 + width_bucket((h1 >> 44 & 65535) % 100, ARRAY[48, 80, 90, 97]::bigint[])],
       placed_at, placed_at + (h3 & 2097151) * interval '1 second',
       rtrim(left(
         concat_ws(' ', '#' || (h3 >> 49 & 16383),
                   ($5::text[])[1 + (h3 >> 21 & 15)], ($6::text[])[1 + (h3 >> 25 & 15)], ($7::text[])[1 + (h3 >> 29 & 15)]),
         21 + (h3 >> 33 & 65535)::integer % 100))
FROM (
  SELECT id, h1, (h1 & 15)::integer AS octave,
         hashint8extended(id, $3::bigint * 4 + 2) AS h2, hashint8extended(id, $3::bigint * 4 + 3) AS h3,
         timestamptz '2023-01-01 00:00:00+00' + (id * ${PERIOD_SECONDS} / $4::bigint + (h1 >> 60 & 7)) * interval '1 second' AS placed_at
  FROM generate_series($1::bigint, $2::bigint) AS id
  CROSS JOIN LATERAL (SELECT hashint8extended(id, $3::bigint * 4 + 1) AS h1) AS first_hash
  OFFSET 0
) AS hashed`

/** Inserts the orders `fromId` to `toId` of a table that is to have `totalRows`. */
export const insertDemoRows = async (client: pg.Client, fromId: number, toId: number, seed: number, totalRows: number): Promise<void> => {
  const { openings, middles, endings } = DEMO_PHRASES
  await client.query(INSERT_ROWS, [fromId, toId, seed, totalRows, openings, middles, endings])
}
