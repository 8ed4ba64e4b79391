-- Order items joined with clicks; nested product details are separate columns.
SELECT
	j.order_item_id,
	j.order_item_name,
	j.order_item_type,
	j.order_id,
	j.productid,
	j.productname,
	j.department,
	j.price,
	j.productdetails.color AS color,
	j.productdetails.material AS material,
	j.productdetails.comments AS comments,
	j.click_hour
FROM lake.joint_tables AS j
