-- description: How often each book was borrowed
-- primary_key: [book_id]
-- rules:
--   - range: { column: loan_count, min: 1 }
SELECT b.id AS book_id, b.title, count(*) AS loan_count
FROM loans AS l
JOIN books AS b ON b.id = l.book_id
GROUP BY b.id, b.title
