-- Revenue by category
-- Sales less returns per category and currency, the share of each in percent, and what was sold. Discounts on a
-- whole order, and orders without lines, are of none.
-- param since: date  First day; from the beginning unless told
-- param until: date  Last day; to the end unless told
-- chart bar x=category y=revenue by=currency
WITH sold AS (
  SELECT *, CASE WHEN order_item_id IS NULL THEN '(whole orders)' ELSE coalesce(category, '(no category)') END AS place
  FROM sales
  WHERE (:since IS NULL OR order_date >= :since) AND (:until IS NULL OR order_date <= :until)
)
SELECT currency, place AS category, sum(amount) AS revenue,
  round(100 * sum(amount) / nullif(sum(sum(amount)) OVER (PARTITION BY currency), 0), 1) AS share_percent,
  sum(quantity) AS units,
  count(DISTINCT order_id) FILTER (WHERE sign > 0 AND coalesce(quantity, amount) > 0) AS orders,
  count(DISTINCT product_id) AS products
FROM sold
GROUP BY currency, place
ORDER BY currency, revenue DESC NULLS LAST, category;
