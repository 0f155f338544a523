-- Revenue by county
-- Sales less returns by where the customer lives, per currency, with the number of customers who bought.
-- Walk-in sales are nobody's.
-- param since: date  First day; from the beginning unless told
-- param until: date  Last day; to the end unless told
-- chart tiles x=county y=revenue by=currency
WITH bought AS (
  SELECT *, coalesce(region, '(not known)') AS county, sign > 0 AND coalesce(quantity, amount) > 0 AS sold,
    customer_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM {bookkeeping}.links l WHERE l.entity = 'customers' AND l.placeholder AND l.id = customer_id) AS known
  FROM sales
  WHERE (:since IS NULL OR order_date >= :since) AND (:until IS NULL OR order_date <= :until)
)
SELECT currency, county, sum(amount) AS revenue,
  round(100 * sum(amount) / nullif(sum(sum(amount)) OVER (PARTITION BY currency), 0), 1) AS share_percent,
  count(DISTINCT order_id) FILTER (WHERE sold) AS orders,
  count(DISTINCT customer_id) FILTER (WHERE sold AND known) AS customers,
  round(sum(amount) FILTER (WHERE known) / nullif(count(DISTINCT customer_id) FILTER (WHERE sold AND known), 0), 2)
    AS revenue_per_customer
FROM bought
GROUP BY currency, county
ORDER BY currency, revenue DESC NULLS LAST, county;
