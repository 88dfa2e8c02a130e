-- An order without an item was never placed.
-- expect: rows = 0
-- database: hoshizora
select o.order_id from shop.orders o where not exists (select from shop.order_items i where i.order_id = o.order_id)
