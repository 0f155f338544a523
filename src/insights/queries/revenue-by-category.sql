-- Revenue by category
-- Sales less returns per category and currency, the share of each in percent, and what was sold.
-- param since: date  First day; from the beginning unless told
-- param until: date  Last day; to the end unless told
-- chart bar x=category y=revenue by=currency
SELECT currency, coalesce(category, '(no category)') AS category, sum(amount) AS revenue,
  round(100 * sum(amount) / nullif(sum(sum(amount)) OVER (PARTITION BY currency), 0), 1) AS share_percent,
  sum(quantity) AS units,
  count(DISTINCT order_id) FILTER (WHERE sign > 0 AND quantity > 0) AS orders,
  count(DISTINCT product_id) AS products
FROM sales
WHERE (:since IS NULL OR order_date >= :since) AND (:until IS NULL OR order_date <= :until)
GROUP BY currency, coalesce(category, '(no category)')
ORDER BY currency, revenue DESC NULLS LAST, category;
