-- description: Customers, best first
-- primary_key: [customer_id]
-- rules:
--   - relationships: { column: customer_id, to: customers, field: id }
--   - { accepted_values: { column: rank, values: [1, 2] }, severity: warn }
WITH Orders AS (
    SELECT customerId, sum(coalesce(amount, 0)) AS spent, 'FROM nothing' AS note -- FROM nothing
    FROM orders
    WHERE EXISTS (SELECT 1 FROM `Customers` c WHERE c.id = orders.customerid)
    GROUP BY customerId
)
SELECT customerid AS customer_id, CAST(rank() OVER (ORDER BY spent DESC, customerid) AS int) AS rank, spent
FROM Orders
