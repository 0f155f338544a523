-- Total value of orders per customer
-- The twenty customers with the highest sum of order totals, as the orders stand: returns, cancelled orders and
-- currencies are not told apart. See best-customers for that.
-- chart bar x=customer_id y=total_spent
SELECT
    c.customer_id,
    c.first_name,
    c.last_name,
    SUM(o.total_amount) AS total_spent
FROM customers c
JOIN orders o ON c.customer_id = o.customer_id
GROUP BY c.customer_id, c.first_name, c.last_name
ORDER BY total_spent DESC NULLS LAST, c.customer_id
LIMIT 20;
