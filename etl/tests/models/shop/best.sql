/*
description: The best customer
tags: [finance]
*/
SELECT s.customer_id, c.name FROM big_spenders AS s JOIN customers c ON c.id = s.customer_id WHERE s.rank = 1;
