-- Cities of customers and offices.
SELECT
	location_key,
	city,
	state,
	country
FROM lake.dim_location
