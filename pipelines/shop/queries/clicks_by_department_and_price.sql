-- Clickstream by department and price band
-- Clicks by department and price range. Records without a price are left out.
-- Columns: department; price_band; clicks; average_price. Sorted by department, cheapest band first.
SELECT
	department,
	price_band,
	count(*) AS clicks,
	round(avg(price), 2) AS average_price
FROM (
	SELECT
		department,
		CAST(price AS double) AS price,
		CASE
			WHEN price < 50 THEN '1: below 50'
			WHEN price < 200 THEN '2: 50 to 200'
			WHEN price < 500 THEN '3: 200 to 500'
			ELSE '4: 500 and more'
		END AS price_band
	FROM clickstream_data
	WHERE price IS NOT NULL AND (department IS NULL OR department <> 'Verification')
) AS banded
GROUP BY department, price_band
ORDER BY department, price_band
