-- Product-line performance
-- Which product lines sell, and what is left of it: orders of every status, at the price that was agreed.
-- Columns: product_line; orders, products and units sold; revenue (quantity x price each); profit (revenue less the
-- buying price); margin_percent (profit in percent of revenue). Most revenue first.
SELECT
	p.productline AS product_line,
	count(DISTINCT d.ordernumber) AS orders,
	count(DISTINCT d.productcode) AS products,
	sum(d.quantityordered) AS units,
	sum(d.quantityordered * d.priceeach) AS revenue,
	sum(d.quantityordered * (d.priceeach - p.buyprice)) AS profit,
	round(
		100 * CAST(sum(d.quantityordered * (d.priceeach - p.buyprice)) AS double)
		/ CAST(sum(d.quantityordered * d.priceeach) AS double),
		1
	) AS margin_percent
FROM orderdetails AS d
JOIN products AS p ON p.productcode = d.productcode
GROUP BY p.productline
ORDER BY revenue DESC, product_line
