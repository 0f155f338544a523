-- Best customers
-- The customers who brought the most, returns taken off and cancelled orders out, per currency. Walk-in sales are
-- nobody's.
-- param top: integer = 20  How many per currency
-- param since: date  First day; from the beginning unless told
-- param until: date  Last day; to the end unless told
-- chart bar x=customer_id y=revenue by=currency
WITH bought AS (
  SELECT s.currency, s.customer_id, sum(s.amount) AS revenue,
    count(DISTINCT s.order_id) FILTER (WHERE s.sign > 0 AND coalesce(s.quantity, s.amount) > 0) AS orders,
    max(s.order_date) FILTER (WHERE s.sign > 0 AND coalesce(s.quantity, s.amount) > 0) AS last_order
  FROM sales s
  WHERE s.customer_id IS NOT NULL AND (:since IS NULL OR s.order_date >= :since)
    AND (:until IS NULL OR s.order_date <= :until)
    AND NOT EXISTS (
      SELECT FROM {bookkeeping}.links l WHERE l.entity = 'customers' AND l.placeholder AND l.id = s.customer_id)
  GROUP BY s.currency, s.customer_id
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY currency ORDER BY revenue DESC NULLS LAST, customer_id) AS rank,
    round(100 * revenue / nullif(sum(revenue) OVER (PARTITION BY currency), 0), 1) AS share_percent
  FROM bought
)
SELECT r.currency, r.rank, r.customer_id, c.first_name, c.last_name, c.city, r.orders, r.revenue, r.share_percent,
  r.last_order
FROM ranked r
JOIN customers c USING (customer_id)
WHERE r.rank <= :top
ORDER BY r.currency, r.rank;
