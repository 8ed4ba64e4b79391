-- Departments with the most clicks
-- Clicks on products of order items, and the average price of these products, by department.
-- Columns: department; clicks (rows of joint_tables); average_price. The five with the most clicks, largest first.
SELECT
	department,
	count(*) AS clicks,
	round(avg(price), 2) AS average_price
FROM joint_tables
WHERE department <> 'Verification'
GROUP BY department
ORDER BY clicks DESC, department
LIMIT 5
