-- Repeat rate and days between orders
-- How many customers came back on another day, and after how long. Walk-in sales, returns and cancelled orders do not
-- count.
WITH visits AS (
  SELECT DISTINCT s.customer_id, s.order_date
  FROM sales s
  WHERE s.sign > 0 AND coalesce(s.quantity, s.amount) > 0 AND s.customer_id IS NOT NULL AND s.order_date IS NOT NULL
    AND NOT EXISTS (
      SELECT FROM {bookkeeping}.links l WHERE l.entity = 'customers' AND l.placeholder AND l.id = s.customer_id)
),
gaps AS (
  SELECT customer_id, order_date,
    order_date - lag(order_date) OVER (PARTITION BY customer_id ORDER BY order_date) AS days
  FROM visits
),
buyers AS (
  SELECT customer_id, count(*) AS days_bought FROM visits GROUP BY customer_id
)
SELECT
  (SELECT count(*) FROM buyers) AS customers,
  (SELECT count(*) FROM buyers WHERE days_bought > 1) AS came_back,
  (SELECT round(100.0 * count(*) FILTER (WHERE days_bought > 1) / nullif(count(*), 0), 1) FROM buyers)
    AS repeat_rate_percent,
  (SELECT round(avg(days_bought), 2) FROM buyers) AS days_bought_per_customer,
  (SELECT round(avg(days), 1) FROM gaps) AS average_days_between,
  (SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY days)::numeric, 1) FROM gaps) AS median_days_between,
  (SELECT min(days) FROM gaps) AS shortest_days,
  (SELECT max(days) FROM gaps) AS longest_days;
