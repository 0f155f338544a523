-- Customers who never ordered
-- Known to the business, and not one order in any state; the newest first. Write only to those who agreed to it.
-- param consent: boolean = false  Only those who agreed to be written to
SELECT c.customer_id, c.first_name, c.last_name, c.email, c.phone, c.city, c.region, c.marketing_consent,
  (c.created_at AT TIME ZONE 'UTC' AT TIME ZONE {timezone})::date AS customer_since
FROM customers c
WHERE NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.customer_id)
  AND NOT EXISTS (
    SELECT FROM {bookkeeping}.links l WHERE l.entity = 'customers' AND l.placeholder AND l.id = c.customer_id)
  AND (NOT :consent OR c.marketing_consent)
ORDER BY c.created_at DESC NULLS LAST, c.customer_id;
