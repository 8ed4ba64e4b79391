-- Order funnel
-- Of all orders placed, how many were kept, shipped, and shipped on time.
-- Columns: step (1 to 4); stage; orders that reached it; percent_of_placed. An order is kept if it was not cancelled, and on
-- time if it left no later than the customer required.
SELECT
	step,
	stage,
	orders,
	round(100 * CAST(orders AS double) / CAST(max(orders) OVER () AS double), 1) AS percent_of_placed
FROM (
	SELECT 1 AS step, 'placed' AS stage, count(*) AS orders
	FROM orders
	UNION ALL
	SELECT 2, 'kept', count(*)
	FROM orders
	WHERE status <> 'Cancelled'
	UNION ALL
	SELECT 3, 'shipped', count(*)
	FROM orders
	WHERE status <> 'Cancelled' AND shippeddate IS NOT NULL
	UNION ALL
	SELECT 4, 'shipped in time', count(*)
	FROM orders
	WHERE status <> 'Cancelled' AND shippeddate <= requireddate
) AS stages
ORDER BY step
