-- clicks × order items
-- Columns: found (rows of joint_tables with marked clicks); expected (order items of their products).
SELECT
	(SELECT count(*) FROM joint_tables WHERE productname LIKE '{{mark}}%') AS found,
	(
		SELECT count(*)
		FROM clickstream_data AS c
		INNER JOIN wp_woocommerce_order_items AS i ON i.order_item_id = c.productid
		WHERE c.productname LIKE '{{mark}}%'
	) AS expected
