-- All days of the years with an order or a payment.
SELECT
	date_key,
	full_date,
	year,
	quarter,
	month,
	month_name,
	day_of_month,
	day_of_week,
	day_name,
	week_of_year,
	is_weekend
FROM lake.dim_date
