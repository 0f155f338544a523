-- Customers with high-value orders
-- Every order whose total is more than 8,000, the highest first.
SELECT
    o.order_id,
    c.first_name,
    c.last_name,
    o.total_amount
FROM orders o
JOIN customers c ON o.customer_id = c.customer_id
WHERE o.total_amount > 8000
ORDER BY o.total_amount DESC, o.order_id;
