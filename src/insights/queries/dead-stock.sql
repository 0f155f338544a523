-- Dead stock and the money in it
-- Products in stock that nobody bought for long, with what the stock is worth at its catalogue price, per currency.
-- param days: integer = 180  Not sold for so many days
-- param top: integer = 50  How many per currency
-- param as_of: date  Count back from this day; that of the last order so far unless told
-- chart bar x=product_name y=stock_value by=currency
WITH today AS (
  SELECT coalesce(:as_of, max(order_date) FILTER (WHERE order_date <= current_date + 1), max(order_date)) AS day
  FROM sales
),
last_sales AS (
  SELECT product_id, max(order_date) AS last_sold
  FROM sales, today
  WHERE coalesce(quantity, sign) > 0 AND (today.day IS NULL OR order_date <= today.day)
  GROUP BY product_id
),
dead AS (
  SELECT p.currency, p.product_id, p.product_name, p.category, p.stock_quantity, p.price,
    p.stock_quantity * p.price AS stock_value, s.last_sold, t.day - s.last_sold AS days_without_sale
  FROM products p
  CROSS JOIN today t
  LEFT JOIN last_sales s USING (product_id)
  WHERE p.stock_quantity > 0 AND (s.last_sold IS NULL OR s.last_sold <= t.day - :days::int)
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY currency ORDER BY stock_value DESC NULLS LAST, product_id) AS rank,
    count(*) OVER (PARTITION BY currency) AS products_in_all,
    sum(stock_value) OVER (PARTITION BY currency) AS value_in_all
  FROM dead
)
SELECT currency, product_id, product_name, category, stock_quantity, price, stock_value, last_sold,
  days_without_sale, products_in_all, value_in_all
FROM ranked
WHERE rank <= :top
ORDER BY currency, rank;
