-- Employees with their office.
SELECT
	employee_key,
	employee_number,
	first_name,
	last_name,
	job_title,
	email,
	extension,
	reports_to_employee_number,
	office_code,
	office_city,
	office_state,
	office_country,
	office_territory,
	office_location_key
FROM lake.dim_employee
