-- Average basket
-- What a sale brings on average, per month and currency: its amount, its lines and its units, of orders
-- that have lines. Returns do not count.
-- param since: date  First day; from the beginning unless told
-- param until: date  Last day; to the end unless told
-- chart line x=month y=average_basket by=currency
WITH baskets AS (
  SELECT order_id, currency, order_date, sum(amount) AS amount, count(order_item_id) AS lines, sum(quantity) AS units
  FROM sales
  WHERE sign > 0 AND coalesce(quantity, 1) > 0 AND (:since IS NULL OR order_date >= :since)
    AND (:until IS NULL OR order_date <= :until)
  GROUP BY order_id, currency, order_date
  HAVING bool_or(coalesce(quantity, amount) > 0)
)
SELECT currency, date_trunc('month', order_date::timestamp)::date AS month, count(*) AS orders,
  round(avg(amount), 2) AS average_basket,
  round(percentile_cont(0.5) WITHIN GROUP (ORDER BY amount)::numeric, 2) AS median_basket,
  max(amount) AS largest_basket, round(avg(nullif(lines, 0)), 2) AS lines_per_order, round(avg(units), 2) AS units_per_order
FROM baskets
GROUP BY 1, 2
ORDER BY 1, 2;
