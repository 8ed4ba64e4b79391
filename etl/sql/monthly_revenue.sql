-- Monthly revenue
-- How revenue goes month by month: orders of every status, by the day of the order.
-- Columns: month (yyyy-MM); orders; units; revenue (quantity x price each); running_total within the year. Oldest first;
-- a month without an order has no row.
SELECT
	month,
	count(DISTINCT ordernumber) AS orders,
	sum(units) AS units,
	sum(amount) AS revenue,
	sum(sum(amount)) OVER (PARTITION BY substr(month, 1, 4) ORDER BY month) AS running_total
FROM (
	SELECT
		substr(CAST(o.orderdate AS varchar), 1, 7) AS month,
		o.ordernumber,
		d.quantityordered AS units,
		d.quantityordered * d.priceeach AS amount
	FROM orders AS o
	JOIN orderdetails AS d ON d.ordernumber = o.ordernumber
) AS lines
GROUP BY month
ORDER BY month
