-- Most borrowed books
-- Of the model book_loans.
-- Columns: title, loan_count
SELECT title, loan_count
FROM book_loans
ORDER BY loan_count DESC, title
