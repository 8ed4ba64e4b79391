-- Order lines, summed by day, country, product line and customer: the cube that the dashboard filters.
-- Beyond the 1000 customers with the most revenue, customers are not distinguished: the cube stays small however
-- many there are. Product line and country are those of the day of the order; the name is the customer's newest.
SELECT
	f.order_date,
	f.country,
	p.product_line,
	CASE WHEN c.place <= 1000 THEN c.customer_number END AS customer,
	CASE WHEN c.place <= 1000 THEN c.customer_name END AS customer_name,
	SUM(f.amount) AS revenue,
	SUM(f.profit) AS profit,
	SUM(f.quantity) AS units
FROM fact_orders AS f
LEFT JOIN dim_product AS p ON p.product_key = f.product_key
LEFT JOIN (
	SELECT
		s.customer_number,
		n.customer_name,
		ROW_NUMBER() OVER (ORDER BY s.revenue DESC, s.customer_number) AS place
	FROM (SELECT customer_number, SUM(amount) AS revenue FROM fact_orders GROUP BY customer_number) AS s
	LEFT JOIN (
		SELECT customer_number, MAX_BY(customer_name, valid_from) AS customer_name
		FROM dim_customer
		GROUP BY customer_number
	) AS n ON n.customer_number = s.customer_number
) AS c ON c.customer_number = f.customer_number
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4
