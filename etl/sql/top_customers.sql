-- Top customers
-- The ten customers with the most revenue, what they have paid, and when they last ordered.
-- Columns: customer; country; orders; revenue (quantity x price each, orders of every status); paid (all payments);
-- last_order (date). Most revenue first.
SELECT
	c.customername AS customer,
	c.country,
	s.orders,
	s.revenue,
	coalesce(p.paid, 0) AS paid,
	s.last_order
FROM customers AS c
JOIN (
	SELECT
		o.customernumber,
		count(DISTINCT o.ordernumber) AS orders,
		sum(d.quantityordered * d.priceeach) AS revenue,
		max(o.orderdate) AS last_order
	FROM orders AS o
	JOIN orderdetails AS d ON d.ordernumber = o.ordernumber
	GROUP BY o.customernumber
) AS s ON s.customernumber = c.customernumber
LEFT JOIN (
	SELECT customernumber, sum(amount) AS paid
	FROM payments
	GROUP BY customernumber
) AS p ON p.customernumber = c.customernumber
ORDER BY s.revenue DESC, c.customername, c.customernumber
LIMIT 10
