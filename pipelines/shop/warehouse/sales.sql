-- One row per order line, with product, customer, place and seller as they were on the day of the order.
SELECT
	f.order_number,
	f.order_line_number,
	f.order_date,
	f.status,
	f.country,
	l.state,
	l.city,
	f.customer_number,
	c.customer_name,
	f.product_code,
	p.product_name,
	p.product_line,
	p.product_vendor,
	e.first_name AS seller_first_name,
	e.last_name AS seller_last_name,
	e.office_city,
	f.quantity,
	f.price_each,
	f.amount,
	f.profit
FROM lake.fact_orders AS f
LEFT JOIN lake.dim_customer AS c ON c.customer_key = f.customer_key
LEFT JOIN lake.dim_product AS p ON p.product_key = f.product_key
LEFT JOIN lake.dim_location AS l ON l.location_key = f.location_key
LEFT JOIN lake.dim_employee AS e ON e.employee_key = f.employee_key
