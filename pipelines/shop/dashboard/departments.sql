-- Order items whose product was clicked, by the day of the click and department.
-- The words of the cloud: one per department, sized by its number of rows in joint_tables.
SELECT
	CAST(substr(click_hour, 1, 10) AS date) AS day,
	department,
	COUNT(*) AS joined_rows
FROM joint_tables
WHERE department <> 'Verification'
GROUP BY 1, 2
ORDER BY 1, 2
