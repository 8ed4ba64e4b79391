-- Products of order items that were clicked, by the hour of the click and department.
-- The words of the cloud: grouped by department, sized by the count of products.
SELECT
	click_hour AS hour,
	department,
	COUNT(*) AS products
FROM joint_tables
WHERE department IS NOT NULL
GROUP BY click_hour, department
ORDER BY 1, 2
