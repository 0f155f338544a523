-- Worst sellers
-- The products that were sold, and brought the least, returns taken off, per currency. What was never sold is in
-- dead-stock.
-- param top: integer = 20  How many per currency
-- param since: date  First day; from the beginning unless told
-- param until: date  Last day; to the end unless told
-- chart bar x=product_name y=revenue by=currency
WITH sold AS (
  SELECT currency, product_id, max(product_name) AS product_name, max(category) AS category,
    sum(quantity) AS units, sum(amount) AS revenue,
    count(DISTINCT order_id) FILTER (WHERE coalesce(quantity, sign) > 0) AS orders,
    max(order_date) FILTER (WHERE coalesce(quantity, sign) > 0) AS last_sold
  FROM sales
  WHERE product_id IS NOT NULL AND (:since IS NULL OR order_date >= :since)
    AND (:until IS NULL OR order_date <= :until)
  GROUP BY currency, product_id
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY currency ORDER BY revenue, product_id) AS rank
  FROM sold
  WHERE orders > 0
)
SELECT currency, rank, product_id, product_name, category, units, orders, revenue, last_sold
FROM ranked
WHERE rank <= :top
ORDER BY currency, rank;
