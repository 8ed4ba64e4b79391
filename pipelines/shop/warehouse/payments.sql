-- One row per payment, with the customer as it was on that day.
SELECT
	f.check_number,
	f.payment_date,
	f.country,
	l.state,
	l.city,
	f.customer_number,
	c.customer_name,
	f.amount
FROM lake.fact_payments AS f
LEFT JOIN lake.dim_customer AS c ON c.customer_key = f.customer_key
LEFT JOIN lake.dim_location AS l ON l.location_key = f.location_key
