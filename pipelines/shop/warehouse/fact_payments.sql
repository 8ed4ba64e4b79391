-- Payments.
SELECT
	payment_key,
	customer_key,
	location_key,
	employee_key,
	payment_date_key,
	customer_number,
	check_number,
	payment_date,
	country,
	amount
FROM lake.fact_payments
