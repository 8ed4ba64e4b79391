-- Order lines, summed by month, day, country, product line and customer. The charts of sales filter and sum these rows.
-- Only the 1000 customers with the most revenue are listed separately, so that the result stays small. Product line and
-- country are those on the day of the order; the name is the customer's newest, followed by the number if two customers
-- have the same name.
SELECT
	CAST(date_trunc('month', f.order_date) AS date) AS month,
	f.order_date AS day,
	f.country,
	p.product_line,
	c.customer,
	SUM(f.amount) AS revenue,
	SUM(f.profit) AS profit,
	SUM(f.quantity) AS units
FROM fact_orders AS f
LEFT JOIN dim_product AS p ON p.product_key = f.product_key
LEFT JOIN (
	SELECT
		s.customer_number,
		CASE
			WHEN n.customer_name IS NULL THEN 'Customer ' || CAST(s.customer_number AS varchar(20))
			WHEN COUNT(*) OVER (PARTITION BY n.customer_name) = 1 THEN n.customer_name
			ELSE n.customer_name || ' (' || CAST(s.customer_number AS varchar(20)) || ')'
		END AS customer
	FROM (
		SELECT customer_number, ROW_NUMBER() OVER (ORDER BY revenue DESC, customer_number) AS place
		FROM (SELECT customer_number, SUM(amount) AS revenue FROM fact_orders GROUP BY customer_number) AS r
	) AS s
	LEFT JOIN (
		SELECT
			customer_number,
			customer_name,
			ROW_NUMBER() OVER (PARTITION BY customer_number ORDER BY valid_from DESC) AS newest
		FROM dim_customer
	) AS n ON n.customer_number = s.customer_number AND n.newest = 1
	WHERE s.place <= 1000
) AS c ON c.customer_number = f.customer_number
GROUP BY 1, 2, 3, 4, 5
ORDER BY 2, 3, 4, 5
