-- Department word counts
-- The words of the word cloud: how often each department occurs among the clicked products of order items.
-- Columns: department; products (rows of joint_tables); distinct_products (product names). Most first.
SELECT
	department,
	count(*) AS products,
	count(DISTINCT productname) AS distinct_products
FROM joint_tables
WHERE department <> 'Verification'
GROUP BY department
ORDER BY products DESC, department
