/** The demo's table, without its indexes. */
export const CREATE_ORDERS = `
CREATE TABLE public.orders (
  order_id    bigint         NOT NULL,
  customer_id integer        NOT NULL,
  status      varchar(16)    NOT NULL,
  amount      numeric(10, 2) NOT NULL,
  currency    char(3)        NOT NULL,
  created_at  timestamptz    NOT NULL,
  updated_at  timestamptz    NOT NULL,
  note        text           NOT NULL
)`

/** After the rows: an index built at once is made faster and denser. FREEZE and the statistics spare the first run work not its own. */
export const FINISH_ORDERS: readonly string[] = [
  'ALTER TABLE public.orders ADD PRIMARY KEY (order_id)',
  'CREATE INDEX orders_customer_id ON public.orders (customer_id)',
  'CREATE INDEX orders_created_at ON public.orders (created_at)',
  'VACUUM (FREEZE, ANALYZE) public.orders',
]
