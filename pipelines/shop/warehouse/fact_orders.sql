-- Order lines: keys, dates, quantity, price and profit.
SELECT
	order_line_key,
	order_number,
	order_line_number,
	customer_key,
	product_key,
	location_key,
	employee_key,
	order_date_key,
	required_date_key,
	shipped_date_key,
	customer_number,
	product_code,
	order_date,
	country,
	status,
	quantity,
	price_each,
	amount,
	profit
FROM lake.fact_orders
