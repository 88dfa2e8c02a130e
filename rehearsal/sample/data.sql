-- The content. Every value is arithmetic on a hash of its row number, so that the same seed gives the same database on
-- every server and in any plan. The session has set sample.seed, sample.scale (1: about 225,000 rows) and the time zone.
-- Time stands at 2026-07-01 in Tokyo: the six months before it have partitions, what a rehearsal writes has the default one.

DO $$
BEGIN
  -- A number from 0 upwards for the n-th row and the salt-th question about it.
  EXECUTE format($f$CREATE FUNCTION pg_temp.h(n bigint, salt bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
    'SELECT hashint8extended(n, %s + salt) & 9223372036854775807'$f$, current_setting('sample.seed')::bigint * 1000);
  -- How many rows a table of that many at scale 1 gets.
  EXECUTE format($f$CREATE FUNCTION pg_temp.many(rows int) RETURNS int LANGUAGE sql IMMUTABLE AS
    'SELECT greatest(1, round(rows * %s)::int)'$f$, current_setting('sample.scale')::float8);
END $$;

CREATE FUNCTION pg_temp.pick(words text[], h bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
  'SELECT words[1 + (h % cardinality(words))::int]';
CREATE FUNCTION pg_temp.moment(h bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
  $$SELECT timestamptz '2026-01-01 00:00+09' + (h % 15638400) * interval '1 second'$$;
CREATE FUNCTION pg_temp.family(h bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT pg_temp.pick(
  '{佐藤,鈴木,高橋,田中,伊藤,渡辺,山本,中村,小林,加藤,吉田,山田,佐々木,山口,松本,井上,木村,林,斎藤,清水,山崎,森,池田,橋本,阿部,石川,髙田,濵田,﨑山,𠮷野}', h)$$;
CREATE FUNCTION pg_temp.given(h bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT pg_temp.pick(
  '{陽翔,蓮,湊,蒼,樹,大和,悠真,律,朝陽,颯,陽菜,凛,結菜,葵,紬,芽依,澪,咲良,杏,美月,健太,翔太,直樹,恵,由美,さくら,ひかり,千尋}', h)$$;
CREATE FUNCTION pg_temp.address(h bigint) RETURNS shop.address LANGUAGE sql IMMUTABLE AS $$SELECT ROW(
  to_char(h % 1000, 'FM000') || '-' || to_char(h / 1000 % 10000, 'FM0000'),
  pg_temp.pick('{東京都,大阪府,北海道,福岡県,愛知県,京都府,沖縄県,宮城県}', h / 7),
  pg_temp.pick('{港区,中央区,北区,南区,"西区 (旧市街)",緑区}', h / 11),
  (h / 13 % 9 + 1) || '丁目' || (h / 17 % 30 + 1) || '-' || (h / 19 % 20 + 1))::shop.address$$;
CREATE FUNCTION pg_temp.bytes(h bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS
  $$SELECT decode(md5(h::text) || md5((h + 1)::text), 'hex')$$;

-- Prose: sentences of picked words and numbers, paragraphs of picked sentences. It compresses about 3:1 and repeats little.
CREATE TEMP TABLE sentence AS
SELECT n AS number, pg_temp.pick('{請求書,在庫一覧,配送計画,契約書,議事録,見積もり,商品写真,説明文,顧客名簿,返品記録,問い合わせ,検品表,売上報告,作業日報,設計資料,障害報告}', h1)
  || pg_temp.pick('{の,についての,に関する,に添える}', h1 / 16)
  || pg_temp.pick('{数字,締め切り,担当,文言,画像,単価,数量,住所,手順,権限,通知,履歴,期限,番号,署名,予算}', h1 / 64)
  || pg_temp.pick('{を確認しました,を直しました,は未定です,が届きません,を共有します,は来週決めます,を見直してください,が違っていました}', h1 / 1024)
  || pg_temp.pick('{。,、ただし,。なお、,。次回は,。理由は}', h1 / 8192)
  || pg_temp.family(h2) || pg_temp.pick('{さんに聞く,さんが対応,さん宛て,さんへ返信,さんと相談}', h2 / 30)
  || ' (https://example.jp/d/' || left(encode(pg_temp.bytes(h2), 'base64'), 16 + (h1 % 27)::int) || ', '
  || to_char(h2 % 100000, 'FM99,999')
  || pg_temp.pick('{円,件,個,kg,分,%}', h2 / 150) || ') '
  || pg_temp.pick('{see ticket,build,commit,order,invoice,ref.,draft,shelf}', h1 / 65536) || ' #' || h1 % 9973
  || pg_temp.pick(E'{。,"。\n",！,…}', h2 / 900) AS body
FROM generate_series(1, pg_temp.many(12000)) n, pg_temp.h(n, 1) h1, pg_temp.h(n, 2) h2;
CREATE TEMP TABLE paragraph AS
SELECT n AS number, string_agg(s.body, '' ORDER BY k) AS body
FROM generate_series(1, pg_temp.many(9000)) n
CROSS JOIN generate_series(1, 5) k
JOIN sentence s ON s.number = 1 + pg_temp.h(n * 5 + k, 3) % pg_temp.many(12000)
GROUP BY n;
ANALYZE sentence, paragraph;

-- shop ---------------------------------------------------------------------------------------------------------------

INSERT INTO shop.schema_migrations
SELECT to_char(timestamp '2019-04-01' + n * interval '17 days', 'YYYYMMDD') || '_' || substr(md5(n::text), 1, 6),
  timestamp '2019-04-02 03:00' + n * interval '17 days' FROM generate_series(1, 150) n;

INSERT INTO shop.accounts (account_id, public_id, name, plan, billing_address, tags, settings, trial, created_at, updated_at)
SELECT n, md5(pg_temp.h(n, 10)::text)::uuid,
  pg_temp.pick('{株式会社,合同会社,"",有限会社}', h) || pg_temp.family(h / 4) || pg_temp.pick('{商店,製作所,"Design & Co.",印刷,"Lab’s",工房}', h / 9),
  (enum_range(NULL::shop.plan))[1 + h % 4], CASE WHEN h % 5 > 0 THEN pg_temp.address(h) END,
  CASE h % 3 WHEN 0 THEN '{}' WHEN 1 THEN ARRAY['関東', 'a,b "quoted"'] ELSE ARRAY['vip', NULL, ''] END,
  jsonb_build_object('locale', 'ja-JP', 'seats', h % 50, 'theme', pg_temp.pick('{light,dark}', h / 3), 'limits', jsonb_build_array(h % 7, NULL, 1.50)),
  CASE h % 4 WHEN 0 THEN 'empty' WHEN 1 THEN tstzrange(pg_temp.moment(h), NULL) WHEN 2 THEN tstzrange(pg_temp.moment(h), pg_temp.moment(h) + interval '14 days') END,
  pg_temp.moment(h) - interval '2 years', pg_temp.moment(h)
FROM generate_series(1, pg_temp.many(800)) n, pg_temp.h(n, 11) h;

INSERT INTO shop.users (user_id, account_id, family_name, given_name, kana, legacy_password, email, phone, password_hash, born_on, created_at)
OVERRIDING SYSTEM VALUE
SELECT n, 1 + h % pg_temp.many(800), pg_temp.family(h), pg_temp.given(h / 30), pg_temp.pick('{サトウ,スズキ,タカハシ,ﾀﾅｶ,ヤマモト}', h) || ' '
  || pg_temp.pick('{ハルト,レン,ミナト,ヒナ,リン}', h / 30),
  md5(h::text), 'user' || n || '@' || pg_temp.pick('{example.jp,example.com,例え.jp}', h / 5),
  CASE h % 4 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE '090-' || to_char(h % 10000, 'FM0000') || '-'
  || to_char(h / 10000 % 10000, 'FM0000') END,
  pg_temp.bytes(h), CASE WHEN h % 9 > 0 THEN date '1950-01-01' + (h % 20000)::int END, pg_temp.moment(h) - interval '1 year'
FROM generate_series(1, pg_temp.many(4000)) n, pg_temp.h(n, 12) h;

UPDATE shop.accounts a SET owner_id = u.user_id
FROM (SELECT account_id, min(user_id) AS user_id FROM shop.users GROUP BY 1) u WHERE u.account_id = a.account_id;
INSERT INTO shop.memberships
SELECT account_id, user_id, (enum_range(NULL::shop.member_role))[1 + pg_temp.h(user_id, 13) % 4]
FROM shop.users;

INSERT INTO shop.sessions
SELECT pg_temp.bytes(h), 1 + h % pg_temp.many(4000), '2001:db8::1'::inet + h % 65536, 'Mozilla/5.0 ('
  || pg_temp.pick('{iPhone,Windows NT 10.0,Macintosh,Android 15}', h / 3) || ')',
  timestamptz '2026-07-01 00:00+09' + (h % 86400) * interval '1 second'
FROM generate_series(1, pg_temp.many(3000)) n, pg_temp.h(n, 14) h;

INSERT INTO shop.api_keys
SELECT n, 1 + h % pg_temp.many(800), pg_temp.bytes(h), CASE WHEN h % 2 = 0 THEN ARRAY['10.0.0.0/8', '192.0.2.0/24']::cidr[] END,
  (h % 256)::int::bit(8), (h % 400) * interval '1 day 1 second'
FROM generate_series(1, pg_temp.many(300)) n, pg_temp.h(n, 15) h;

INSERT INTO shop.categories
SELECT n, CASE WHEN n > 8 THEN 1 + n % 8 END, pg_temp.pick('{文具,食器,衣類,食品,家具,本,おもちゃ,園芸}', n) || CASE WHEN n > 8 THEN ' / '
  || n ELSE '' END, n % 10
FROM generate_series(1, 40) n;

INSERT INTO shop.products (product_id, code, category_id, name, description, status, price, tax_rate, size_mm, attributes)
SELECT n, 'HZ-' || to_char(n, 'FM000000'), 1 + h % 40, pg_temp.pick('{有田焼,北欧風,手作り,業務用,限定,リネン}', h)
  || pg_temp.pick('{マグカップ,ノート,ふきん,ペン立て,トレイ,本棚}', h / 6) || ' ' || h % 900,
  p.body, pg_temp.pick('{on_sale,on_sale,on_sale,draft,sold_out,ended}', h / 8), 100 + h % 30000 + (h % 100) / 100.0,
  CASE WHEN h % 3 = 0 THEN 0.08 ELSE 0.1 END,
  ARRAY[h % 500, h / 5 % 500, h / 7 % 500]::int[],
  jsonb_build_object('色', pg_temp.pick('{白,藍,生成り,"墨 (限定)"}', h / 9), 'jan', 4900000000000 + h % 99999999, 'eco', h % 2 = 0)
FROM generate_series(1, pg_temp.many(1500)) n, pg_temp.h(n, 20) h LEFT JOIN paragraph p ON p.number = 1 + h % pg_temp.many(11000);

INSERT INTO shop.product_prices
SELECT n, daterange(date '2024-01-01' + k * 300, CASE WHEN k < 2 THEN date '2024-01-01' + (k + 1) * 300 END),
  100 + pg_temp.h(n * 3 + k, 21) % 30000
FROM generate_series(1, pg_temp.many(700)) n, generate_series(0, 2) k;

INSERT INTO shop.warehouses (warehouse_id, name, address, position, area, hours, gateway)
SELECT n, pg_temp.pick('{川崎,堺,札幌}', n - 1) || '倉庫', pg_temp.address(h), point(139.7 + n / 10.0, 35.5),
  polygon(box(point(n, n), point(n + 1, n + 0.5))), shop.opening_hours('08:00', '21:30', '[)'), ('08:00:2b:01:02:0' || n)::macaddr
FROM generate_series(1, 3) n, pg_temp.h(n, 22) h;
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 140000 THEN
    UPDATE shop.warehouses SET closed = '{[2025-12-29,2026-01-04),[2026-05-03,2026-05-07)}' WHERE warehouse_id < 3;
  END IF;
END $$;

INSERT INTO shop.stock
SELECT w, n, pg_temp.h(n, 23 + w) % 500, CASE WHEN n % 6 > 0 THEN pg_temp.moment(pg_temp.h(n, 27)) END
FROM generate_series(1, 3) w, generate_series(1, pg_temp.many(1500)) n;
INSERT INTO shop.coupons
SELECT 'C' || upper(substr(md5(h::text), 1, 9)), (h % 50) / 100.0,
  tstzrange(pg_temp.moment(h), CASE WHEN h % 3 > 0 THEN 'infinity'::timestamptz END, '[]'),
  CASE WHEN h % 2 = 0 THEN ARRAY[h % 9, NULL, 3] END, nullif(h % 20, 0)
FROM generate_series(1, pg_temp.many(200)) n, pg_temp.h(n, 28) h;
INSERT INTO shop.carts
SELECT md5(h::text)::uuid, nullif(h % pg_temp.many(4000), 0), pg_temp.moment(h)
FROM generate_series(1, pg_temp.many(2000)) n, pg_temp.h(n, 29) h;
INSERT INTO shop.cart_items
SELECT cart_id, 1 + (pg_temp.h(k, 30) + row_number() OVER (ORDER BY cart_id)) % pg_temp.many(1500), 1 + k
FROM shop.carts, generate_series(1, 2) k ON CONFLICT DO NOTHING;

INSERT INTO shop.orders (order_id, account_id, user_id, status, total, ship_to, note, ordered_at, updated_at)
SELECT n, 1 + h % pg_temp.many(800), 1 + h / 7 % pg_temp.many(4000),
  pg_temp.pick('{placed,paid,packed,shipped,delivered,delivered,delivered,cancelled,returned}', h / 3), 500 + h % 90000,
  pg_temp.address(h),
  CASE h % 8 WHEN 0 THEN '' WHEN 1 THEN '置き配希望。' || pg_temp.family(h) || '様' WHEN 2 THEN E'のし: 内祝い\n\t名入れ "' || pg_temp.given(h)
  || '"' END,
  t, t + (h % 100000) * interval '1 second'
FROM generate_series(1, pg_temp.many(15000)) n, pg_temp.h(n, 31) h,
  LATERAL (SELECT timestamptz '2026-01-01 00:00+09' + n * (15638400.0 / pg_temp.many(15000)) * interval '1 second') o(t);
INSERT INTO shop.order_items
SELECT n, k, 1 + h % pg_temp.many(1500), 1 + h % 4, 100 + h % 20000
FROM generate_series(1, pg_temp.many(15000)) n, generate_series(1, 3) k, pg_temp.h(n * 3 + k, 32) h WHERE k = 1 OR h % 3 > 0;
INSERT INTO shop.shipments (shipment_id, order_id, warehouse_id, carrier, tracking, weight_kg, left_at, time_in_transit)
SELECT n, n, 1 + h % 3, pg_temp.pick('{ヤマト運輸,佐川急便,日本郵便}', h), to_char(h % 1000000000000, 'FM0000"-"0000"-"0000'), (h % 300) / 7.0,
  pg_temp.moment(h), (h % 5000) * interval '1 minute'
FROM generate_series(1, pg_temp.many(10000)) n, pg_temp.h(n, 33) h;
INSERT INTO shop.reviews (review_id, product_id, user_id, stars, body, posted_at) OVERRIDING SYSTEM VALUE
SELECT n, 1 + h % pg_temp.many(1500), nullif(h / 3 % pg_temp.many(4000), 0), 1 + h % 5, left(p.body, (60 + h % 200)::int),
  pg_temp.moment(h)
FROM generate_series(1, pg_temp.many(4000)) n, pg_temp.h(n, 34) h JOIN paragraph p ON p.number = 1 + h % pg_temp.many(9000);

-- billing ------------------------------------------------------------------------------------------------------------

INSERT INTO billing.payments (payment_id, order_id, method, amount, status, response, paid_at) OVERRIDING SYSTEM VALUE
SELECT n, n, (enum_range(NULL::billing.payment_method))[1 + h % 5], 500 + pg_temp.h(n, 31) % 90000,
  pg_temp.pick('{captured,captured,authorised,failed}', h / 5),
  ('{"id":  "ch_' || md5(h::text) || '", "amount":' || h % 90000 || '.0, "note":"\u65e5\u672c", "tag":1, "tag":2 }')::json,
  pg_temp.moment(h)
FROM generate_series(1, pg_temp.many(15000)) n, pg_temp.h(n, 40) h;
INSERT INTO billing.refunds
SELECT n, 1 + h % pg_temp.many(15000), h % 5000, pg_temp.pick('{破損,誤配送,"",お客様都合}', h)
FROM generate_series(1, pg_temp.many(400)) n, pg_temp.h(n, 41) h;
INSERT INTO billing.subscriptions
SELECT n, (enum_range(NULL::shop.plan))[1 + pg_temp.h(n, 42) % 4],
  tstzrange('2025-01-01 00:00+09'::timestamptz + k * interval '1 year', CASE k WHEN 0 THEN timestamptz '2026-01-01 00:00+09' END),
  1200 * (1 + n % 9)
FROM generate_series(1, pg_temp.many(800)) n, generate_series(0, 1) k;
INSERT INTO billing.invoices (account_id, month, issued_at, due_on)
SELECT n, make_date(2026, m, 1), make_timestamptz(2026, m, 1, 9, 0, 0, 'Asia/Tokyo'),
  CASE WHEN n % 50 > 0 THEN make_date(2026, m, 28) ELSE 'infinity' END
FROM generate_series(1, pg_temp.many(600)) n, generate_series(1, 6) m ORDER BY m, n;
INSERT INTO billing.invoice_lines
SELECT invoice_no, k, pg_temp.pick('{月額利用料,追加席,保管容量}', k - 1),
  round(pg_temp.h(substr(invoice_no, 5)::bigint, 43 + k) % 900000 / 7.0, 1 + k)
FROM billing.invoices, generate_series(1, 3) k;

-- content ------------------------------------------------------------------------------------------------------------

INSERT INTO content.documents
SELECT n, 1 + h % pg_temp.many(800), nullif(h / 3 % pg_temp.many(4000), 0), pg_temp.pick('{議事録,手順書,企画,日報,メモ}', h) || ' '
  || pg_temp.moment(h)::date, p.body || q.body || CASE WHEN h % 5 = 0 THEN chr(10) || r.body ELSE '' END,
  jsonb_build_object('版', h % 30, 'labels', jsonb_build_array(pg_temp.family(h), h % 10), 'source', CASE WHEN h % 2 = 0 THEN jsonb_build_object('path', '/vault/' || md5(h::text) || '.md', 'bytes', h % 100000) END),
  pg_temp.moment(h)
FROM generate_series(1, pg_temp.many(3000)) n, pg_temp.h(n, 50) h, paragraph p, paragraph q, paragraph r
WHERE p.number = 1 + h % pg_temp.many(9000) AND q.number = 1 + h / 17 % pg_temp.many(9000) AND r.number = 1 + h / 31 % pg_temp.many(9000);
INSERT INTO content.document_versions
SELECT n, k, p.body || chr(10) || q.body, pg_temp.moment(h) - k * interval '1 day'
FROM generate_series(1, pg_temp.many(2000)) n, generate_series(1, 2) k, pg_temp.h(n * 2 + k, 51) h, paragraph p, paragraph q
WHERE p.number = 1 + h % pg_temp.many(9000) AND q.number = 1 + h / 17 % pg_temp.many(9000);
INSERT INTO content.comments
SELECT n, 1 + h % pg_temp.many(3000), nullif(h / 3 % pg_temp.many(4000), 0), left(p.body, (40 + h % 220)::int),
  CASE WHEN h % 2 = 0 THEN jsonb_build_object('👍', h % 9, '🙏', h / 9 % 5) END, pg_temp.moment(h)
FROM generate_series(1, pg_temp.many(8000)) n, pg_temp.h(n, 52) h JOIN paragraph p ON p.number = 1 + h % pg_temp.many(9000);
-- Chosen numbers, so that two builds agree; 28 kB each, which no compression makes smaller.
INSERT INTO content.attachments
SELECT n, 1 + pg_temp.h(n, 53) % pg_temp.many(3000), pg_temp.pick('{図面,領収書,写真 ①,"a b''c"}', n) || n || '.pdf', 'application/pdf',
  lo_from_bytea(800000 + n,
  (SELECT string_agg(pg_temp.bytes(pg_temp.h(n * 1000 + k, 54)), ''::bytea ORDER BY k) FROM generate_series(1, 890) k))
FROM generate_series(1, pg_temp.many(40)) n;
INSERT INTO content.notes
SELECT n, 1 + h % pg_temp.many(4000), CASE h % 3 WHEN 0 THEN '' WHEN 1 THEN 'メモ ' || h END, pg_temp.moment(h)
FROM generate_series(1, pg_temp.many(600)) n, pg_temp.h(n, 55) h;
INSERT INTO content.pinned_notes
SELECT 1000000 + n, 1 + h % pg_temp.many(4000), '固定 ' || h, pg_temp.moment(h), n, '#' || substr(md5(h::text), 1, 6)
FROM generate_series(1, pg_temp.many(100)) n, pg_temp.h(n, 56) h;

-- analytics, audit ---------------------------------------------------------------------------------------------------

INSERT INTO analytics.events
SELECT n, timestamptz '2026-01-01 00:00+09' + n * (15638400.0 / pg_temp.many(70000)) * interval '1 second',
  1 + h % pg_temp.many(800), nullif(h / 3 % pg_temp.many(4000), 0),
  pg_temp.pick('{page_view,page_view,search,add_to_cart,checkout,login}', h / 5), '203.0.113.0'::inet + h % 256,
  jsonb_build_object('path', '/products/' || h % 1500, 'ms', h % 3000, 'request', md5(h::text), 'ref', CASE WHEN h % 3 = 0 THEN 'https://example.jp/特集/' || h % 40 END)
FROM generate_series(1, pg_temp.many(70000)) n, pg_temp.h(n, 60) h;
INSERT INTO analytics.measurements
SELECT n, '計測 ' || n, h % 100000 / 7e3, h % 1000 / 3.0, h % 1000000 / 3.0, date '2026-01-01' + (h % 180)::int, pg_temp.moment(h),
  (h % 90000) * interval '1.5 seconds', ('{"n":' || h || '}')::json, jsonb_build_object('n', h), ARRAY[[h % 5, 1], [2, 3]]::int[],
  ARRAY[h::text], (h % 1024)::int::bit(10)::varbit, '22:30+09'
FROM generate_series(10, pg_temp.many(400) + 10) n, pg_temp.h(n, 61) h;
INSERT INTO analytics.measurements VALUES
  (1, NULL, 'NaN', 'NaN', 'NaN', 'infinity', 'infinity', '-1 mon +1 day -00:00:00.000001', 'null', 'null', NULL, NULL, NULL, NULL),
  (2, '', 'Infinity', '-Infinity', 0.1000, '-infinity', '-infinity', '0', '{"b":1,"a":  2,"b":3}', '{"b":1,"a":  2,"b":3}', '{}', '{}', '', '00:00+00'),
  (3, 'NULL', '-0', '-0', 1e-20, '0044-03-15 BC', '0001-01-01 00:00:00+00', '178000000 years', '1.0', '1.0', '[0:1]={7,NULL}', '{NULL,"NULL",""," "}', B'101', '24:00+00'),
  (4, E'\\N', 1e308, 1.17549435e-38, 123456789012345678901234567890.123456789, '9999-12-31', '9999-12-31 23:59:59.999999+00', '1 us', '" "', '" "', '{{1,2},{3,4}}', ARRAY[E'\\', '{', '"', ','], B'1', '12:00:00.5-07'),
  (5, E'改行\r\nタブ\t終', 0.1::float8 + 0.2, 16777217, 'NaN', NULL, '1900-01-01 00:00:00+09:18:59', '-3 days', '[]', '[1e2, "é", "e\u0301"]', '{NULL}', ARRAY['が', 'か' || chr(12441)], NULL, NULL);
INSERT INTO audit.log (log_id, table_name, operation, actor, row_image, recorded_at) OVERRIDING SYSTEM VALUE
SELECT n, pg_temp.pick('{shop.orders,shop.accounts}', h), pg_temp.pick('{I,U,U,D}', h / 2), 'hoshizora_app',
  CASE WHEN h % 20 > 0 THEN convert_to('{"order_id":' || h % 15000 || ',"status":"' || md5(h::text) || '","to":"' || pg_temp.family(h) || '"}', 'UTF8')
  || substr(pg_temp.bytes(h), 1, (h % 24)::int) END, pg_temp.moment(h)
FROM generate_series(1, pg_temp.many(14000)) n, pg_temp.h(n, 62) h;
INSERT INTO audit.accesses
SELECT n, '/settings/' || h % 30, h % 100
FROM generate_series(1, pg_temp.many(1000)) n, pg_temp.h(n, 63) h;

INSERT INTO "旧システム"."顧客 ""A"" 一覧; --"
SELECT n % 90, CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE pg_temp.family(pg_temp.h(n, 64)) END, repeat('旧', n % 5),
  CASE WHEN n % 3 > 0 THEN n % 2 = 0 END
FROM generate_series(1, 120) n;
INSERT INTO "旧システム"."order"
SELECT n % 25, timestamp '2012-02-29 12:00' + n * interval '1 hour', n * 1.2500
FROM generate_series(1, 50) n;

DROP TABLE sentence, paragraph;
