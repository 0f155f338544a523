-- Best sellers
-- The products that brought the most, returns taken off, per currency.
-- param top: integer = 20  How many per currency
-- param since: date  First day; from the beginning unless told
-- param until: date  Last day; to the end unless told
-- chart bar x=product_name y=revenue by=currency
WITH sold AS (
  SELECT currency, product_id, max(product_name) AS product_name, max(category) AS category,
    sum(quantity) AS units, sum(amount) AS revenue,
    count(DISTINCT order_id) FILTER (WHERE coalesce(quantity, sign) > 0) AS orders
  FROM sales
  WHERE product_id IS NOT NULL AND (:since IS NULL OR order_date >= :since)
    AND (:until IS NULL OR order_date <= :until)
  GROUP BY currency, product_id
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY currency ORDER BY revenue DESC NULLS LAST, product_id) AS rank,
    round(100 * revenue / nullif(sum(revenue) OVER (PARTITION BY currency), 0), 1) AS share_percent
  FROM sold
)
SELECT currency, rank, product_id, product_name, category, units, orders, revenue, share_percent
FROM ranked
WHERE rank <= :top
ORDER BY currency, rank;
