-- Revenue by channel
-- Sales less returns per channel and currency, and what an order brings on average there.
-- param since: date  First day; from the beginning unless told
-- param until: date  Last day; to the end unless told
-- chart bar x=channel y=revenue by=currency
WITH parts AS (
  SELECT order_id, currency, coalesce(channel, '(not told)') AS channel, sum(amount) AS amount,
    sum(amount) FILTER (WHERE sign > 0 AND coalesce(quantity, 1) > 0) AS basket,
    bool_or(sign > 0 AND coalesce(quantity, amount) > 0) AS sold
  FROM sales
  WHERE (:since IS NULL OR order_date >= :since) AND (:until IS NULL OR order_date <= :until)
  GROUP BY 1, 2, 3
)
SELECT currency, channel, sum(amount) AS revenue,
  round(100 * sum(amount) / nullif(sum(sum(amount)) OVER (PARTITION BY currency), 0), 1) AS share_percent,
  count(*) FILTER (WHERE sold) AS orders, round(avg(basket) FILTER (WHERE sold), 2) AS average_basket
FROM parts
GROUP BY currency, channel
ORDER BY currency, revenue DESC NULLS LAST, channel;
