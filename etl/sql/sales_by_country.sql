-- Sales by country
-- Where the customers are who buy: orders of every status, by the country of the customer.
-- Columns: country; customers who ordered; orders; revenue (quantity x price each); share_percent of all revenue.
-- Most revenue first.
SELECT
	c.country,
	count(DISTINCT c.customernumber) AS customers,
	count(DISTINCT o.ordernumber) AS orders,
	sum(d.quantityordered * d.priceeach) AS revenue,
	round(
		100 * CAST(sum(d.quantityordered * d.priceeach) AS double)
		/ CAST(sum(sum(d.quantityordered * d.priceeach)) OVER () AS double),
		1
	) AS share_percent
FROM customers AS c
JOIN orders AS o ON o.customernumber = c.customernumber
JOIN orderdetails AS d ON d.ordernumber = o.ordernumber
GROUP BY c.country
ORDER BY revenue DESC, c.country
