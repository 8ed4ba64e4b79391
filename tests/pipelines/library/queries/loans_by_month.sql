-- Loans by month
-- Columns: month, loan_count
SELECT CAST(date_trunc('month', lent_on) AS date) AS month, count(*) AS loan_count
FROM loans
GROUP BY 1
ORDER BY 1
