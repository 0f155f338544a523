-- RFM segments
-- Customers by how recently, how often and for how much they bought, per currency. Each is scored 1 to 5 against the
-- others, equal ones equally. Champions: recent, frequent and valuable. At risk: valuable once, not seen for long.
-- param as_of: date  Count back from this day; that of the last order so far unless told
-- chart bar x=segment y=customers by=currency
WITH today AS (
  SELECT coalesce(:as_of, max(order_date) FILTER (WHERE order_date <= current_date + 1), max(order_date)) AS day
  FROM sales
),
bought AS (
  SELECT s.currency, s.customer_id, t.day - max(s.order_date) FILTER (WHERE s.sign > 0 AND coalesce(s.quantity, s.amount) > 0) AS recency,
    count(DISTINCT s.order_id) FILTER (WHERE s.sign > 0 AND coalesce(s.quantity, s.amount) > 0) AS orders,
    coalesce(sum(s.amount), 0) AS revenue
  FROM sales s, today t
  WHERE s.customer_id IS NOT NULL AND s.order_date <= t.day
    AND NOT EXISTS (
      SELECT FROM {bookkeeping}.links l WHERE l.entity = 'customers' AND l.placeholder AND l.id = s.customer_id)
  GROUP BY s.currency, s.customer_id, t.day
),
buyers AS (
  SELECT * FROM bought WHERE orders > 0
),
-- In which fifth of all they are, those with the same value in the middle of their place: one alone is in the third.
-- In whole numbers, as a fifth is not one in binary.
places AS (
  SELECT *, count(*) OVER (PARTITION BY currency) AS everybody,
    2 * (rank() OVER (PARTITION BY currency ORDER BY recency DESC) - 1)
      + count(*) OVER (PARTITION BY currency, recency) AS r_place,
    2 * (rank() OVER (PARTITION BY currency ORDER BY orders) - 1)
      + count(*) OVER (PARTITION BY currency, orders) AS f_place,
    2 * (rank() OVER (PARTITION BY currency ORDER BY revenue) - 1)
      + count(*) OVER (PARTITION BY currency, revenue) AS m_place
  FROM buyers
),
scores AS (
  SELECT *, least(5, 1 + 5 * r_place / (2 * everybody)) AS r,
    (least(5, 1 + 5 * f_place / (2 * everybody)) + least(5, 1 + 5 * m_place / (2 * everybody))) / 2.0 AS fm
  FROM places
),
segments AS (
  SELECT *, CASE
      WHEN orders > 1 AND r >= 4 AND fm >= 4 THEN 'Champions'
      WHEN orders > 1 AND r >= 3 THEN 'Loyal'
      WHEN r >= 4 THEN 'New'
      WHEN r >= 3 THEN 'Promising'
      WHEN fm >= 4 THEN 'At risk'
      WHEN r = 2 THEN 'Fading'
      ELSE 'Lost'
    END AS segment
  FROM scores
)
SELECT currency, segment, count(*) AS customers,
  round(100.0 * count(*) / sum(count(*)) OVER (PARTITION BY currency), 1) AS share_percent,
  sum(revenue) AS revenue,
  round(100 * sum(revenue) / nullif(sum(sum(revenue)) OVER (PARTITION BY currency), 0), 1) AS revenue_percent,
  round(avg(orders), 2) AS average_orders, round(avg(recency), 0) AS average_days_ago
FROM segments
GROUP BY currency, segment
ORDER BY currency, array_position(
  ARRAY['Champions', 'Loyal', 'New', 'Promising', 'At risk', 'Fading', 'Lost'], segment);
