-- Revenue by month
-- Sales less returns per month and currency, and the growth on the month before in percent. A month without sales
-- counts as 0; growth on a month that brought nothing cannot be told. The last month may still be running.
-- chart line x=month y=revenue by=currency
WITH bought AS (
  SELECT *, sign > 0 AND coalesce(quantity, amount) > 0 AS sold,
    customer_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM {bookkeeping}.links l WHERE l.entity = 'customers' AND l.placeholder AND l.id = customer_id) AS known
  FROM sales
  WHERE order_date IS NOT NULL
),
months AS (
  SELECT currency, date_trunc('month', order_date::timestamp)::date AS month, sum(amount) AS revenue,
    count(DISTINCT order_id) FILTER (WHERE sold) AS orders,
    count(DISTINCT customer_id) FILTER (WHERE sold AND known) AS customers
  FROM bought
  GROUP BY 1, 2
),
calendar AS (
  SELECT currency, every_month::date AS month
  FROM (SELECT currency, min(month) AS first, (SELECT max(month) FROM months) AS last FROM months GROUP BY currency) AS span,
    generate_series(first::timestamp, last::timestamp, interval '1 month') AS every_month
),
revenue AS (
  SELECT c.currency, c.month, coalesce(m.revenue, 0) AS revenue, coalesce(m.orders, 0) AS orders,
    coalesce(m.customers, 0) AS customers,
    lag(coalesce(m.revenue, 0)) OVER (PARTITION BY c.currency ORDER BY c.month) AS before
  FROM calendar c
  LEFT JOIN months m ON m.month = c.month AND m.currency IS NOT DISTINCT FROM c.currency
)
SELECT currency, month, revenue, orders, customers,
  CASE WHEN before > 0 THEN round(100 * (revenue - before) / before, 1) END AS growth_percent
FROM revenue
ORDER BY currency, month;
