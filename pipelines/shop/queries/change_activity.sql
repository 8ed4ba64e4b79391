-- Change activity by table
-- Rows in each table's change log by operation, and the commit time of the newest change. Rows marked by verify-cdc are
-- not counted.
-- Columns: table_name; loaded (operation O, full load); inserted (I); updated (U); deleted (D); last_change (commit time
-- in UTC, null before the first change). The table with the most changes comes first.
SELECT
	table_name,
	count(CASE WHEN cdc_op = 'O' THEN 1 END) AS loaded,
	count(CASE WHEN cdc_op = 'I' THEN 1 END) AS inserted,
	count(CASE WHEN cdc_op = 'U' THEN 1 END) AS updated,
	count(CASE WHEN cdc_op = 'D' THEN 1 END) AS deleted,
	max(CASE WHEN cdc_op <> 'O' THEN cdc_commit_time END) AS last_change
FROM (
	SELECT 'wp_comments' AS table_name, cdc_op, cdc_commit_time FROM wp_comments_changes
	UNION ALL
	SELECT 'wp_options' AS table_name, cdc_op, cdc_commit_time FROM wp_options_changes
	UNION ALL
	SELECT 'wp_postmeta' AS table_name, cdc_op, cdc_commit_time FROM wp_postmeta_changes
	UNION ALL
	SELECT 'wp_posts' AS table_name, cdc_op, cdc_commit_time FROM wp_posts_changes
	UNION ALL
	SELECT 'wp_term_relationships' AS table_name, cdc_op, cdc_commit_time FROM wp_term_relationships_changes
	UNION ALL
	SELECT 'wp_term_taxonomy' AS table_name, cdc_op, cdc_commit_time FROM wp_term_taxonomy_changes
	UNION ALL
	SELECT 'wp_termmeta' AS table_name, cdc_op, cdc_commit_time FROM wp_termmeta_changes
	UNION ALL
	SELECT 'wp_terms' AS table_name, cdc_op, cdc_commit_time FROM wp_terms_changes
	WHERE slug IS NULL OR slug NOT LIKE 'pipeline-cli-verify-%'
	UNION ALL
	SELECT 'wp_usermeta' AS table_name, cdc_op, cdc_commit_time FROM wp_usermeta_changes
	UNION ALL
	SELECT 'wp_users' AS table_name, cdc_op, cdc_commit_time FROM wp_users_changes
	UNION ALL
	SELECT 'wp_woocommerce_order_itemmeta' AS table_name, cdc_op, cdc_commit_time FROM wp_woocommerce_order_itemmeta_changes
	UNION ALL
	SELECT 'wp_woocommerce_order_items' AS table_name, cdc_op, cdc_commit_time FROM wp_woocommerce_order_items_changes
	UNION ALL
	SELECT 'wp_woocommerce_shipping_zone_locations' AS table_name, cdc_op, cdc_commit_time FROM wp_woocommerce_shipping_zone_locations_changes
	UNION ALL
	SELECT 'wp_woocommerce_shipping_zone_methods' AS table_name, cdc_op, cdc_commit_time FROM wp_woocommerce_shipping_zone_methods_changes
	UNION ALL
	SELECT 'wp_woocommerce_shipping_zones' AS table_name, cdc_op, cdc_commit_time FROM wp_woocommerce_shipping_zones_changes
	UNION ALL
	SELECT 'customers' AS table_name, cdc_op, cdc_commit_time FROM customers_changes
	UNION ALL
	SELECT 'employees' AS table_name, cdc_op, cdc_commit_time FROM employees_changes
	UNION ALL
	SELECT 'offices' AS table_name, cdc_op, cdc_commit_time FROM offices_changes
	UNION ALL
	SELECT 'orderdetails' AS table_name, cdc_op, cdc_commit_time FROM orderdetails_changes
	UNION ALL
	SELECT 'orders' AS table_name, cdc_op, cdc_commit_time FROM orders_changes
	UNION ALL
	SELECT 'payments' AS table_name, cdc_op, cdc_commit_time FROM payments_changes
	UNION ALL
	SELECT 'productlines' AS table_name, cdc_op, cdc_commit_time FROM productlines_changes
	UNION ALL
	SELECT 'products' AS table_name, cdc_op, cdc_commit_time FROM products_changes
) AS changes
GROUP BY table_name
ORDER BY count(CASE WHEN cdc_op <> 'O' THEN 1 END) DESC, table_name
