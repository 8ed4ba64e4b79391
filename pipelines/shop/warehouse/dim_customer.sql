-- Customers, one row per version: valid from valid_from to before valid_to.
SELECT
	customer_key,
	customer_number,
	customer_name,
	contact_first_name,
	contact_last_name,
	phone,
	address_line1,
	address_line2,
	postal_code,
	city,
	state,
	country,
	credit_limit,
	sales_rep_employee_number,
	location_key,
	valid_from,
	valid_to,
	is_current
FROM lake.dim_customer
