-- Cohort retention
-- Of the customers who first bought in a month, how many bought again in each month after. Only months that have
-- begun are listed; walk-in sales and returns do not count.
-- param months: integer = 12  How many months after the first
-- chart line x=months_after y=retention_percent by=cohort
WITH active AS (
  SELECT DISTINCT s.customer_id, date_trunc('month', s.order_date::timestamp)::date AS month
  FROM sales s
  WHERE s.sign > 0 AND coalesce(s.quantity, s.amount) > 0 AND s.customer_id IS NOT NULL AND s.order_date IS NOT NULL
    AND NOT EXISTS (
      SELECT FROM {bookkeeping}.links l WHERE l.entity = 'customers' AND l.placeholder AND l.id = s.customer_id)
),
firsts AS (
  SELECT customer_id, min(month) AS cohort FROM active GROUP BY customer_id
),
cohorts AS (
  SELECT cohort, count(*) AS customers FROM firsts GROUP BY cohort
),
seen AS (
  SELECT f.cohort, (12 * extract(year FROM age(a.month, f.cohort)) + extract(month FROM age(a.month, f.cohort)))::int
      AS months_after, count(*) AS customers
  FROM active a
  JOIN firsts f USING (customer_id)
  GROUP BY 1, 2
),
elapsed AS (
  SELECT c.cohort, c.customers, n AS months_after
  FROM cohorts c, generate_series(0, least(:months, 1200)::int) AS n
  WHERE (c.cohort + make_interval(months => n))::date <= (SELECT max(month) FROM active)
)
SELECT e.cohort, e.customers AS cohort_customers, e.months_after, coalesce(s.customers, 0) AS customers,
  round(100.0 * coalesce(s.customers, 0) / e.customers, 1) AS retention_percent
FROM elapsed e
LEFT JOIN seen s USING (cohort, months_after)
ORDER BY e.cohort, e.months_after;
