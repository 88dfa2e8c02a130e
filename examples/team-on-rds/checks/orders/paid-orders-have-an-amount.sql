-- An order that was paid and costs nothing was cut short on its way into the database.
-- database: shop
-- expect: rows = 0
SELECT id
FROM public.orders
WHERE paid_at IS NOT NULL
  AND total <= 0
