"""Dimensions of the star schema in DuckDB's SQL, from the raw files of their sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from support.lake import Source

CUSTOMER = """customerName AS customer_name, contactFirstName AS contact_first_name,
    contactLastName AS contact_last_name, phone, addressLine1 AS address_line1, addressLine2 AS address_line2,
    postalCode AS postal_code, city, state, country, creditLimit AS credit_limit,
    salesRepEmployeeNumber AS sales_rep_employee_number"""
PRODUCT = """productName AS product_name, productLine AS product_line, productScale AS product_scale,
    productVendor AS product_vendor, productDescription AS product_description, buyPrice AS buy_price, MSRP AS msrp"""

Sql = Callable[[Source], str]


def dimensions(shop: Mapping[str, Source], raw: Sql, current: Sql) -> dict[str, str]:
    """For each dimension a query of its rows without keys. `raw`, `current`: all rows of a source, and those of now."""
    customers = _versions(raw(shop["customers"]), "customerNumber AS customer_number", CUSTOMER)
    products = _versions(raw(shop["products"]), "productCode AS product_code", PRODUCT)
    offices = f"({current(shop['offices'])})"
    days = f"""SELECT orderDate AS day FROM ({current(shop["orders"])})
        UNION ALL SELECT paymentDate FROM ({current(shop["payments"])})"""
    return {
        "dim_customer": customers,
        "dim_product": f"""SELECT p.*, textDescription AS product_line_description FROM ({products}) p
            LEFT JOIN ({current(shop["productlines"])}) l ON l.productLine = p.product_line""",
        "dim_location": f"""SELECT city, state, country FROM {raw(shop["customers"])}
            UNION SELECT city, state, country FROM {offices}""",
        "dim_employee": f"""SELECT employeeNumber AS employee_number, firstName AS first_name, lastName AS last_name,
            jobTitle AS job_title, email, extension, reportsTo AS reports_to_employee_number,
            officeCode AS office_code, o.city AS office_city, o.state AS office_state, o.country AS office_country,
            o.territory AS office_territory
            FROM ({current(shop["employees"])}) LEFT JOIN {offices} o USING (officeCode)""",
        "dim_date": f"""WITH years AS (SELECT min(day) AS first, max(day) AS last FROM ({days})),
            each AS (SELECT unnest(range(make_date(year(first), 1, 1)::TIMESTAMP,
                make_date(year(last) + 1, 1, 1)::TIMESTAMP, INTERVAL 1 DAY))::DATE AS day FROM years)
            SELECT strftime(day, '%Y%m%d')::INTEGER AS date_key, day AS full_date, year(day) AS year,
                quarter(day) AS quarter, month(day) AS month, monthname(day) AS month_name,
                day(day) AS day_of_month, isodow(day) AS day_of_week, dayname(day) AS day_name,
                weekofyear(day) AS week_of_year, isodow(day) >= 6 AS is_weekend FROM each""",
    }


def _versions(rows: str, number: str, attributes: str) -> str:
    """Every time in which a key had the same attributes. Each key of `rows` begins with the full load."""
    key, own = number.split(" AS ")
    timeline = f"PARTITION BY {key} ORDER BY cdc_change_seq"
    values = ", ".join(attribute.split(" AS ")[0].strip() for attribute in attributes.split(","))
    return f"""WITH reported AS (SELECT *, CASE cdc_change_seq WHEN '' THEN TIMESTAMP '1900-01-01'
            ELSE cdc_commit_time::TIMESTAMP END AS since FROM {rows}),
        last AS (FROM reported QUALIFY row_number() OVER (PARTITION BY {key}, since ORDER BY cdc_change_seq DESC) = 1),
        compared AS (SELECT *, row({values}) AS now, lag(row({values})) OVER ({timeline}) AS before FROM last),
        version AS (FROM compared WHERE now IS DISTINCT FROM before)
        SELECT {key} AS {own}, {attributes}, since AS valid_from,
            coalesce(lead(since) OVER ({timeline}), TIMESTAMP '9999-12-31') AS valid_to,
            lead(since) OVER ({timeline}) IS NULL AS is_current FROM version"""
