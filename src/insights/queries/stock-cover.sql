-- Stock cover
-- What will run out: products in the order of how many days their stock lasts, at the pace of the last days. What
-- came back counts as not sold; products without a sale in that time are in dead-stock.
-- param days: integer = 90  Days that the pace is taken from
-- param within: integer = 30  Only what runs out within so many days
-- param as_of: date  Count back from this day; that of the last order so far unless told
-- chart bar x=product_name y=days_left
WITH span AS (
  SELECT coalesce(:as_of, max(order_date) FILTER (WHERE order_date <= current_date + 1), max(order_date)) AS day,
    min(order_date) AS first
  FROM sales
),
-- A business that began last week has not had ninety days to sell in.
pace AS (
  SELECT day, least(:days, day - first + 1) AS days FROM span WHERE least(:days, day - first + 1) > 0
),
sold AS (
  SELECT s.product_id, sum(s.quantity) AS units
  FROM sales s, pace p
  WHERE s.order_date <= p.day AND s.order_date > p.day - p.days::int
  GROUP BY s.product_id
),
cover AS (
  SELECT p.product_id, p.product_name, p.category, p.stock_quantity, s.units AS sold, s.units / t.days AS per_day,
    greatest(p.stock_quantity, 0) * t.days / s.units AS days_left, t.day
  FROM products p
  JOIN sold s USING (product_id)
  CROSS JOIN pace t
  WHERE p.stock_quantity IS NOT NULL AND s.units > 0
)
SELECT product_id, product_name, category, stock_quantity, sold, round(per_day, 2) AS per_day,
  round(days_left, 1) AS days_left, day + floor(days_left)::int AS runs_out_on
FROM cover
WHERE days_left <= :within
ORDER BY cover.days_left, per_day DESC, product_id;
