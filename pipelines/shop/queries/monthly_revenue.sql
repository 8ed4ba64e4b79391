-- Monthly revenue
-- How revenue goes month by month: orders of every status, by the day of the order.
-- Columns: month (yyyy-MM); orders; units; revenue; running_total within the year. Oldest first; a month without an order has
-- no row.
SELECT
	month,
	count(DISTINCT order_number) AS orders,
	sum(quantity) AS units,
	sum(amount) AS revenue,
	sum(sum(amount)) OVER (PARTITION BY substr(month, 1, 4) ORDER BY month) AS running_total
FROM (
	SELECT substr(CAST(order_date AS varchar), 1, 7) AS month, order_number, quantity, amount
	FROM fact_orders
) AS lines
GROUP BY month
ORDER BY month
