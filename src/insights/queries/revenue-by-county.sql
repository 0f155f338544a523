-- Revenue by county
-- Sales less returns by where the customer lives, per currency, with the number of customers who bought.
-- param since: date  First day; from the beginning unless told
-- param until: date  Last day; to the end unless told
-- chart tiles x=county y=revenue by=currency
SELECT currency, coalesce(region, '(not known)') AS county, sum(amount) AS revenue,
  round(100 * sum(amount) / nullif(sum(sum(amount)) OVER (PARTITION BY currency), 0), 1) AS share_percent,
  count(DISTINCT order_id) FILTER (WHERE sign > 0 AND quantity > 0) AS orders,
  count(DISTINCT customer_id) FILTER (WHERE sign > 0 AND quantity > 0) AS customers,
  round(sum(amount) / nullif(count(DISTINCT customer_id) FILTER (WHERE sign > 0 AND quantity > 0), 0), 2)
    AS revenue_per_customer
FROM sales
WHERE (:since IS NULL OR order_date >= :since) AND (:until IS NULL OR order_date <= :until)
GROUP BY currency, coalesce(region, '(not known)')
ORDER BY currency, revenue DESC NULLS LAST, county;
