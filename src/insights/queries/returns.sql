-- Returns
-- What came back, per product and currency: how many units, which share of those sold, and the money given back.
-- param top: integer = 50  How many per currency
-- param since: date  First day; from the beginning unless told
-- param until: date  Last day; to the end unless told
-- chart bar x=product_name y=returned_amount by=currency
WITH moved AS (
  SELECT currency, product_id, coalesce(max(product_name), '(no product)') AS product_name, max(category) AS category,
    coalesce(sum(quantity) FILTER (WHERE coalesce(quantity, sign) > 0), 0) AS units_sold,
    coalesce(-sum(quantity) FILTER (WHERE coalesce(quantity, sign) < 0), 0) AS units_returned,
    coalesce(-sum(amount) FILTER (WHERE coalesce(quantity, sign) < 0), 0) AS returned_amount,
    count(DISTINCT order_id) FILTER (WHERE coalesce(quantity, sign) < 0) AS returns
  FROM sales
  WHERE (:since IS NULL OR order_date >= :since) AND (:until IS NULL OR order_date <= :until)
  GROUP BY currency, product_id
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY currency ORDER BY returned_amount DESC, product_id) AS rank
  FROM moved
  WHERE returns > 0
)
SELECT currency, product_id, product_name, category, returns, units_sold, units_returned,
  round(100 * units_returned / nullif(units_sold, 0), 1) AS returned_percent, returned_amount
FROM ranked
WHERE rank <= :top
ORDER BY currency, rank;
