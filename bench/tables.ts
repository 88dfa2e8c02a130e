/** A third of the bytes each: short rows of many types, JSON documents of 300 bytes, texts of 3 kB that are compressed in TOAST. */
export const tables = {
  orders: {
    columns: 'code, created_at, customer_id, id, lines, note, paid, ref, status, total',
    create: `create table orders (id bigint primary key, customer_id int, status text, total numeric(12,2), created_at timestamptz,
      note text, lines int, paid bool, code varchar(20), ref uuid)`,
    rowsPerMegabyte: 8_400,
    insert: (from: number, to: number) => `
      insert into orders select i, random() * 100000, (array['new', 'paid', 'shipped', 'cancelled'])[1 + random() * 3],
        (random() * 100000)::numeric(12,2), '2024-01-01'::timestamptz + random() * interval '700 days',
        case when random() < 0.7 then 'note ' || (random() * 1000)::int || ' お急ぎ' end, random() * 10, random() < 0.7,
        'C' || (random() * 1e6)::int, gen_random_uuid() from generate_series(${from}, ${to}) i`,
  },
  events: {
    columns: 'at, body, id, kind',
    create: 'create table events (id bigint primary key, at timestamptz, kind text, body jsonb)',
    rowsPerMegabyte: 3_400,
    insert: (from: number, to: number) => `
      insert into events select i, '2024-01-01'::timestamptz + random() * interval '700 days', 'kind' || i % 20,
        jsonb_build_object('user', i % 100000, 'path', '/shop/item/' || (random() * 50000)::int, 'ms', random() * 1000,
          'agent', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 'tags', jsonb_build_array('a' || i % 10, 'b' || i % 7),
          'ip', '10.0.' || i % 255 || '.' || i % 254, 'session', gen_random_uuid()) from generate_series(${from}, ${to}) i`,
  },
  articles: {
    columns: 'body, id, score, tags, title, updated',
    create: `create table words as select i, case when i % 3 = 0 then '注文' || chr(19968 + i % 3000) || chr(12354 + i % 80)
        else substr(md5(i::text), 1, 3 + i % 6) end as word from generate_series(0, 1999) i;
      create table articles (id int primary key, title text, body text, tags text[], score float8, updated timestamp)`,
    rowsPerMegabyte: 370,
    insert: (from: number, to: number) => `
      insert into articles select i, 'title ' || i, (select string_agg(word, ' ') from generate_series(1, 300) g
          join words on words.i = (hashint4(g * 7919 + a.i) & 2147483647) % 2000),
        array['x' || i % 5, 'y' || i % 7], random() * 100, now() from generate_series(${from}, ${to}) as a (i)`,
  },
} as const;
