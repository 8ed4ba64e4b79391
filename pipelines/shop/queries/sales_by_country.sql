-- Sales by country
-- Customers, orders and revenue by the customer's country on the day of the order. Orders of every status count.
-- Columns: country; customers who ordered; orders; revenue; share_percent of all revenue. The country with the most revenue
-- comes first.
SELECT
	country,
	count(DISTINCT customer_number) AS customers,
	count(DISTINCT order_number) AS orders,
	sum(amount) AS revenue,
	round(100 * CAST(sum(amount) AS double) / CAST(nullif(sum(sum(amount)) OVER (), 0) AS double), 1) AS share_percent
FROM fact_orders
GROUP BY country
ORDER BY revenue DESC, country
