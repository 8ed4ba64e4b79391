-- Departments in the word cloud
-- The words of the word cloud, with the number of order items whose product was clicked, once for each click.
-- Columns: department; products (rows of joint_tables); distinct_products (product names). The largest comes first.
SELECT
	department,
	count(*) AS products,
	count(DISTINCT productname) AS distinct_products
FROM joint_tables
WHERE department <> 'Verification'
GROUP BY department
ORDER BY products DESC, department
