-- Clicks by the hour in which they arrived.
-- The hours are the partitions of the clickstream's folders, in UTC. A line that was not a record has no product and is not counted.
SELECT
	concat(year, '-', month, '-', day, '-', hour) AS hour,
	COUNT(productid) AS clicks
FROM clickstream_data
GROUP BY year, month, day, hour
ORDER BY 1
