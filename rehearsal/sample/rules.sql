-- Indexes, foreign keys, triggers, views and rights: after the data, which is how pg_restore does it too, and faster.

-- Every column that numbers its rows goes on after the highest number it has.
DO $$
DECLARE numbered record;
BEGIN
  FOR numbered IN
    SELECT c.oid::regclass AS relation, a.attname AS name, pg_get_serial_sequence(c.oid::regclass::text, a.attname) AS counter
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)')
      AND (a.atthasdef OR a.attidentity <> '') AND a.atttypid IN ('int4'::regtype, 'int8'::regtype)
  LOOP
    IF numbered.counter IS NOT NULL THEN
      EXECUTE format('SELECT setval(%L, max(%I)) FROM ONLY %s HAVING max(%I) IS NOT NULL', numbered.counter, numbered.name, numbered.relation, numbered.name);
    END IF;
  END LOOP;
  PERFORM setval('analytics.event_ids', (SELECT max(event_id) FROM analytics.events));
  -- Tables that inherit the column draw from its sequence too.
  PERFORM setval('content.notes_note_id_seq', (SELECT max(note_id) FROM content.notes));
END $$;

-- What migrations leave: a hole in the column numbers, and a default that old rows only pretend to store.
ALTER TABLE shop.users DROP COLUMN legacy_password;
ALTER TABLE shop.users ADD COLUMN points int NOT NULL DEFAULT 100;

CREATE INDEX ON shop.users (account_id) INCLUDE (email);
CREATE INDEX users_by_name ON shop.users (lower(family_name), given_name DESC NULLS LAST);
CREATE INDEX ON shop.products USING gin (search);
CREATE INDEX ON shop.products USING gin (attributes jsonb_path_ops);
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
    CREATE INDEX products_by_part_of_code ON shop.products USING gin (code public.gin_trgm_ops);
  END IF;
END $$;
CREATE INDEX ON shop.orders (account_id, ordered_at DESC);
CREATE INDEX orders_open ON shop.orders (ordered_at) WHERE status IN ('placed', 'paid', 'packed');
CREATE INDEX ON shop.order_items (product_id);
CREATE INDEX ON shop.warehouses USING gist (position);
CREATE INDEX ON shop.api_keys USING hash (digest);
CREATE INDEX ON billing.payments (order_id);
CREATE INDEX ON content.documents (account_id, updated_at);
CREATE INDEX ON content.comments (document_id);
CREATE INDEX ON analytics.events USING brin (occurred_at);
CREATE INDEX ON analytics.events (account_id);
CREATE UNIQUE INDEX ON billing.invoices (account_id, month);
CREATE STATISTICS shop.orders_by_place (dependencies) ON account_id, user_id FROM shop.orders;
ALTER TABLE shop.orders CLUSTER ON orders_pkey;
ALTER TABLE shop.stock REPLICA IDENTITY FULL;
ALTER TABLE content.documents ALTER COLUMN body SET STORAGE EXTERNAL;

-- Accounts and users refer to each other.
ALTER TABLE shop.accounts ADD FOREIGN KEY (owner_id) REFERENCES shop.users DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE shop.users ADD FOREIGN KEY (account_id) REFERENCES shop.accounts;
ALTER TABLE shop.memberships ADD FOREIGN KEY (account_id) REFERENCES shop.accounts ON DELETE CASCADE,
  ADD FOREIGN KEY (user_id) REFERENCES shop.users ON DELETE CASCADE;
ALTER TABLE shop.sessions ADD FOREIGN KEY (user_id) REFERENCES shop.users ON DELETE CASCADE;
ALTER TABLE shop.api_keys ADD FOREIGN KEY (account_id) REFERENCES shop.accounts;
ALTER TABLE shop.categories ADD FOREIGN KEY (parent_id) REFERENCES shop.categories;
ALTER TABLE shop.products ADD FOREIGN KEY (category_id) REFERENCES shop.categories;
ALTER TABLE shop.product_prices ADD FOREIGN KEY (product_id) REFERENCES shop.products;
ALTER TABLE shop.stock ADD FOREIGN KEY (product_id) REFERENCES shop.products,
  ADD FOREIGN KEY (warehouse_id) REFERENCES shop.warehouses;
ALTER TABLE shop.carts ADD FOREIGN KEY (user_id) REFERENCES shop.users ON DELETE SET NULL;
ALTER TABLE shop.cart_items ADD FOREIGN KEY (cart_id) REFERENCES shop.carts ON DELETE CASCADE;
ALTER TABLE shop.orders ADD FOREIGN KEY (account_id) REFERENCES shop.accounts, ADD FOREIGN KEY (user_id) REFERENCES shop.users;
ALTER TABLE shop.order_items ADD FOREIGN KEY (order_id) REFERENCES shop.orders ON DELETE CASCADE,
  ADD FOREIGN KEY (product_id) REFERENCES shop.products;
ALTER TABLE shop.shipments ADD FOREIGN KEY (order_id) REFERENCES shop.orders;
ALTER TABLE shop.reviews ADD FOREIGN KEY (product_id) REFERENCES shop.products;
ALTER TABLE billing.payments ADD FOREIGN KEY (order_id) REFERENCES shop.orders;
ALTER TABLE billing.refunds ADD FOREIGN KEY (payment_id) REFERENCES billing.payments;
ALTER TABLE billing.invoice_lines ADD FOREIGN KEY (invoice_no) REFERENCES billing.invoices ON UPDATE CASCADE;
ALTER TABLE content.documents ADD FOREIGN KEY (account_id) REFERENCES shop.accounts;
ALTER TABLE content.document_versions ADD FOREIGN KEY (document_id) REFERENCES content.documents ON DELETE CASCADE;
ALTER TABLE content.comments ADD FOREIGN KEY (document_id) REFERENCES content.documents ON DELETE CASCADE;
ALTER TABLE content.attachments ADD FOREIGN KEY (document_id) REFERENCES content.documents;
ALTER TABLE analytics.events ADD FOREIGN KEY (account_id) REFERENCES shop.accounts;
-- Old rows break this one, so it holds for new rows only.
ALTER TABLE "旧システム"."顧客 ""A"" 一覧; --" ADD CONSTRAINT "名前は必須" CHECK ("Name" <> '') NOT VALID;

CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE FUNCTION audit.record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO audit.log (table_name, operation, row_image)
  VALUES (TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, left(TG_OP, 1), convert_to(row_to_json(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END)::text, 'UTF8'));
  RETURN NULL;
END $$;
CREATE FUNCTION billing.refuse_overpayment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.amount > (SELECT total FROM shop.orders WHERE order_id = NEW.order_id) THEN
    RAISE EXCEPTION 'payment % is more than its order', NEW.payment_id;
  END IF;
  RETURN NULL;
END $$;
CREATE PROCEDURE billing.close_month(closing date) LANGUAGE sql AS 'UPDATE billing.invoices SET issued_at = now() WHERE month = closing AND issued_at IS NULL';
CREATE AGGREGATE shop.longest(interval) (SFUNC = interval_larger, STYPE = interval);
CREATE TRIGGER touch BEFORE UPDATE ON shop.accounts FOR EACH ROW EXECUTE FUNCTION shop.touch();
CREATE TRIGGER touch BEFORE UPDATE ON shop.orders FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION shop.touch();
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON shop.accounts FOR EACH ROW EXECUTE FUNCTION audit.record();
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON shop.orders FOR EACH ROW EXECUTE FUNCTION audit.record();
CREATE TRIGGER disabled_since_2024 AFTER DELETE ON shop.reviews FOR EACH ROW EXECUTE FUNCTION audit.record();
ALTER TABLE shop.reviews DISABLE TRIGGER disabled_since_2024;
CREATE CONSTRAINT TRIGGER refuse_overpayment AFTER INSERT ON billing.payments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing.refuse_overpayment();

CREATE VIEW shop.open_orders WITH (security_barrier) AS
SELECT order_id, account_id, total, ordered_at
FROM shop.orders WHERE status IN ('placed', 'paid', 'packed');
CREATE MATERIALIZED VIEW analytics.daily_sales AS
SELECT (o.ordered_at AT TIME ZONE 'Asia/Tokyo')::date AS day, p.category_id, count(DISTINCT o.order_id) AS orders,
  sum(i.quantity * i.unit_price) AS yen
FROM shop.orders o JOIN shop.order_items i USING (order_id) JOIN shop.products p USING (product_id) WHERE o.status NOT IN ('cancelled', 'returned') GROUP BY 1,
  2;
CREATE UNIQUE INDEX ON analytics.daily_sales (day, category_id);

-- Roles belong to the server, not to the database: a second sample on the same server finds them there.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hoshizora_app') THEN CREATE ROLE hoshizora_app LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hoshizora_reporting') THEN CREATE ROLE hoshizora_reporting NOLOGIN; END IF;
END $$;
GRANT USAGE ON SCHEMA shop, billing, content, analytics TO hoshizora_app, hoshizora_reporting;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop, billing, content, analytics TO hoshizora_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA shop, billing, content, analytics TO hoshizora_app;
GRANT SELECT ON ALL TABLES IN SCHEMA billing, analytics TO hoshizora_reporting;
GRANT SELECT (order_id, account_id, status, total, ordered_at) ON shop.orders TO hoshizora_reporting;
REVOKE EXECUTE ON FUNCTION audit.record() FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA analytics GRANT SELECT ON TABLES TO hoshizora_reporting;
ALTER TABLE content.notes OWNER TO hoshizora_app;
GRANT SELECT ON LARGE OBJECT 800001 TO hoshizora_reporting;
ALTER TABLE content.documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.api_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_account ON content.documents TO hoshizora_app USING (account_id = current_setting('app.account_id', true)::bigint);
CREATE POLICY own_keys ON shop.api_keys FOR
SELECT TO hoshizora_app USING (account_id = current_setting('app.account_id', true)::bigint);
CREATE POLICY no_empty_digest ON shop.api_keys AS RESTRICTIVE FOR INSERT WITH CHECK (length(digest) > 0);

COMMENT ON TABLE shop.orders IS '注文。''paid'' 以降は変更しない';
COMMENT ON COLUMN shop.users.phone IS 'NULL: 未確認、空文字: 電話なし';
DO $$
BEGIN
  EXECUTE format('COMMENT ON DATABASE %I IS %L', current_database(), '星空商店 — 本番と同じ形の見本');
  EXECUTE format('ALTER DATABASE %I SET timezone TO %L', current_database(), 'Asia/Tokyo');
  EXECUTE format('ALTER DATABASE %I SET work_mem TO %L', current_database(), '16MB');
  EXECUTE format('ALTER ROLE hoshizora_reporting IN DATABASE %I SET statement_timeout TO %L', current_database(), '30s');
  EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO hoshizora_app, hoshizora_reporting', current_database());
END $$;
