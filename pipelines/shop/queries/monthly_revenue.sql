-- Monthly revenue
-- Revenue by the month of the order. Orders of every status count.
-- Columns: month (yyyy-MM); orders; units; revenue; running_total within the year. Oldest month
-- first; months without orders have no row.
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
