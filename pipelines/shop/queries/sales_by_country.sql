-- Sales by country
-- Where the customers are who buy: orders of every status, by the country that the customer was in.
-- Columns: country; customers who ordered; orders; revenue; share_percent of all revenue. Most revenue first.
SELECT
	country,
	count(DISTINCT customer_number) AS customers,
	count(DISTINCT order_number) AS orders,
	sum(amount) AS revenue,
	round(100 * CAST(sum(amount) AS double) / CAST(nullif(sum(sum(amount)) OVER (), 0) AS double), 1) AS share_percent
FROM fact_orders
GROUP BY country
ORDER BY revenue DESC, country
