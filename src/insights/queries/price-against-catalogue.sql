-- Price against catalogue
-- Products sold for another price than the catalogue says, and what that brought or cost. Only sales in the currency
-- of the catalogue are compared.
-- param least_percent: numeric = 1  Least difference of the average price, in percent
-- param top: integer = 50  How many per currency
-- param since: date  First day; from the beginning unless told
-- param until: date  Last day; to the end unless told
-- chart bar x=product_name y=difference_percent by=currency
WITH sold AS (
  SELECT s.currency, p.product_id, p.product_name, p.price AS catalogue_price, count(*) AS lines,
    sum(s.quantity) AS units, sum(s.quantity * s.unit_price) / sum(s.quantity) AS average_price,
    min(s.unit_price) AS lowest_price, max(s.unit_price) AS highest_price,
    sum(s.quantity * (s.unit_price - p.price)) AS difference
  FROM sales s
  JOIN products p USING (product_id)
  WHERE s.sign > 0 AND s.quantity > 0 AND p.price > 0 AND s.unit_price IS NOT NULL
    AND (p.currency = s.currency OR p.currency IS NULL OR s.currency IS NULL)
    AND (:since IS NULL OR s.order_date >= :since) AND (:until IS NULL OR s.order_date <= :until)
  GROUP BY s.currency, p.product_id, p.product_name, p.price
),
ranked AS (
  SELECT *, 100 * (average_price - catalogue_price) / catalogue_price AS difference_percent,
    row_number() OVER (PARTITION BY currency ORDER BY abs(difference) DESC, product_id) AS rank
  FROM sold
  WHERE abs(average_price - catalogue_price) * 100 >= :least_percent * catalogue_price
    AND average_price <> catalogue_price
)
SELECT currency, product_id, product_name, catalogue_price, round(average_price, 2) AS average_price, lowest_price,
  highest_price, round(difference_percent, 1) AS difference_percent, units, lines, difference
FROM ranked
WHERE rank <= :top
ORDER BY currency, rank;
