-- Clicks by the hour in which they arrived.
-- The hours are the partitions of the clickstream's folders, in UTC. Lines that are not records have no product and are
-- not counted; files outside the folders of hours are left out.
SELECT
	year || '-' || month || '-' || day || ' ' || hour || ':00:00' AS hour,
	year || '-' || month || '-' || day AS day,
	COUNT(productid) AS clicks
FROM clickstream_data
WHERE length(year) = 4 AND length(hour) = 2
GROUP BY 1, 2
ORDER BY 1
