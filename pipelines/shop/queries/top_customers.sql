-- Top customers
-- The ten customers with the most revenue, what they have paid, and when they last ordered.
-- Columns: customer_number; customer and country as they are now (null if the customer was deleted); orders; revenue (orders
-- of every status); paid (all payments); last_order (date). The customer with the most revenue comes first.
SELECT
	s.customer_number,
	c.customer_name AS customer,
	c.country,
	s.orders,
	s.revenue,
	coalesce(p.paid, 0) AS paid,
	s.last_order
FROM (
	SELECT
		customer_number,
		count(DISTINCT order_number) AS orders,
		sum(amount) AS revenue,
		max(order_date) AS last_order
	FROM fact_orders
	GROUP BY customer_number
) AS s
LEFT JOIN dim_customer AS c ON c.customer_number = s.customer_number AND c.is_current
LEFT JOIN (
	SELECT customer_number, sum(amount) AS paid
	FROM fact_payments
	GROUP BY customer_number
) AS p ON p.customer_number = s.customer_number
ORDER BY s.revenue DESC, s.customer_number
LIMIT 10
