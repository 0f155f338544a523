-- Products by price range
-- Fifty products whose catalogue price lies in a range, both ends included; as the database finds them.
-- param min_price: numeric = 100  Lowest price
-- param max_price: numeric = 5000  Highest price
SELECT *
FROM products
WHERE price BETWEEN :min_price AND :max_price
LIMIT 50;
