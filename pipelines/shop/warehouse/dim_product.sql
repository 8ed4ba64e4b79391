-- Products with their line, one row per version: valid from valid_from to before valid_to.
SELECT
	product_key,
	product_code,
	product_name,
	product_line,
	product_scale,
	product_vendor,
	product_description,
	buy_price,
	msrp,
	product_line_description,
	valid_from,
	valid_to,
	is_current
FROM lake.dim_product
