-- Product-line performance
-- Revenue and profit by product line, as the product was on the day of the order. Orders of every status count.
-- Columns: product_line; orders, products and units sold; revenue; profit (revenue minus the buying price);
-- margin_percent (profit in percent of revenue). The line with the most revenue comes first.
SELECT
	p.product_line,
	count(DISTINCT f.order_number) AS orders,
	count(DISTINCT f.product_code) AS products,
	sum(f.quantity) AS units,
	sum(f.amount) AS revenue,
	sum(f.profit) AS profit,
	round(100 * CAST(sum(f.profit) AS double) / CAST(nullif(sum(f.amount), 0) AS double), 1) AS margin_percent
FROM fact_orders AS f
LEFT JOIN dim_product AS p ON p.product_key = f.product_key
GROUP BY p.product_line
ORDER BY revenue DESC, product_line
