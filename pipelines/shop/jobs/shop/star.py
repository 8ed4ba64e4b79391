"""The star schema of classicmodels: one function a table, from DataFrame to DataFrame."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from lakehouse.current.current_rows import col
from lakehouse.spark import F

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

CUSTOMER = {
    "customerName": "customer_name",
    "contactFirstName": "contact_first_name",
    "contactLastName": "contact_last_name",
    "phone": "phone",
    "addressLine1": "address_line1",
    "addressLine2": "address_line2",
    "postalCode": "postal_code",
    "city": "city",
    "state": "state",
    "country": "country",
    "creditLimit": "credit_limit",
    "salesRepEmployeeNumber": "sales_rep_employee_number",
}
PRODUCT = {
    "productName": "product_name",
    "productLine": "product_line",
    "productScale": "product_scale",
    "productVendor": "product_vendor",
    "productDescription": "product_description",
    "buyPrice": "buy_price",
    "MSRP": "msrp",
}
"""The stock is left out: it changes with each order and describes no product."""
ATTRIBUTES = {"customers": CUSTOMER, "products": PRODUCT}
NUMBER = {"customers": "customerNumber", "products": "productCode"}


def surrogate(*columns: Column) -> Column:
    """A key that depends on nothing but the natural key, so it is the same in every run and on every engine."""
    return F.xxhash64(*[F.coalesce(column.cast("string"), F.lit("")) for column in columns])


def location_key() -> Column:
    return surrogate(F.col("city"), F.col("state"), F.col("country"))


def _customer_key() -> Column:
    return surrogate(F.col("customerNumber"), F.col("valid_from")).alias("customer_key")


def _product_key() -> Column:
    return surrogate(F.col("productCode"), F.col("valid_from")).alias("product_key")


def dim_customer(customers: DataFrame) -> DataFrame:
    """`customers`: versions by CUSTOMER."""
    return customers.select(
        _customer_key(),
        F.col("customerNumber").alias("customer_number"),
        *CUSTOMER.values(),
        location_key().alias("location_key"),
        "valid_from",
        "valid_to",
        "is_current",
    )


def dim_product(products: DataFrame, productlines: DataFrame) -> DataFrame:
    """`products`: versions by PRODUCT; each with the text of its line as it is now."""
    lines = productlines.select(
        F.col("productLine").alias("product_line"), F.col("textDescription").alias("product_line_description")
    )
    return products.join(lines, "product_line", "left").select(
        _product_key(),
        F.col("productCode").alias("product_code"),
        *PRODUCT.values(),
        "product_line_description",
        "valid_from",
        "valid_to",
        "is_current",
    )


def dim_location(customers: DataFrame, offices: DataFrame) -> DataFrame:
    """Every city of a customer, at any time, or of an office."""
    places = customers.select("city", "state", "country").unionByName(offices.select("city", "state", "country"))
    keyed = places.select(location_key().alias("location_key"), "city", "state", "country")
    # An absent state may be null in one table and empty in another.
    return keyed.groupBy("location_key").agg(*[F.max(name).alias(name) for name in ("city", "state", "country")])


def dim_employee(employees: DataFrame, offices: DataFrame) -> DataFrame:
    office = offices.select(
        "officeCode",
        F.col("city").alias("office_city"),
        F.col("state").alias("office_state"),
        F.col("country").alias("office_country"),
        F.col("territory").alias("office_territory"),
        location_key().alias("office_location_key"),
    )
    return employees.join(office, "officeCode", "left").select(
        surrogate(F.col("employeeNumber")).alias("employee_key"),
        F.col("employeeNumber").alias("employee_number"),
        F.col("firstName").alias("first_name"),
        F.col("lastName").alias("last_name"),
        F.col("jobTitle").alias("job_title"),
        "email",
        "extension",
        F.col("reportsTo").alias("reports_to_employee_number"),
        F.col("officeCode").alias("office_code"),
        "office_city",
        "office_state",
        "office_country",
        "office_territory",
        "office_location_key",
    )


def date_key(column: Column) -> Column:
    """yyyyMMdd as a number."""
    return F.date_format(column, "yyyyMMdd").cast("int")


def dim_date(orders: DataFrame, payments: DataFrame) -> DataFrame:
    """Every day of the years in which there is a date in an order or a payment."""
    dates = [
        orders.select(F.col(name).cast("date").alias("day")) for name in ("orderDate", "requiredDate", "shippedDate")
    ]
    dates.append(payments.select(F.col("paymentDate").cast("date").alias("day")))
    years = reduce(lambda one, other: one.unionByName(other), dates).agg(
        F.min("day").alias("first"), F.max("day").alias("last")
    )
    # Sail's `trunc` ends with the year 2262.
    days = years.where(F.col("first").isNotNull()).select(
        F.explode(
            F.expr("sequence(make_date(year(first), 1, 1), make_date(year(last), 12, 31), interval 1 day)")
        ).alias("day")
    )
    day = F.col("day").cast("date")
    # Spark counts from Sunday = 1; ISO 8601 from Monday = 1.
    weekday = (F.dayofweek(day) + 5) % 7 + 1
    return days.select(
        date_key(day).alias("date_key"),
        day.alias("full_date"),
        F.year(day).alias("year"),
        F.quarter(day).alias("quarter"),
        F.month(day).alias("month"),
        F.date_format(day, "MMMM").alias("month_name"),
        F.dayofmonth(day).alias("day_of_month"),
        weekday.alias("day_of_week"),
        F.date_format(day, "EEEE").alias("day_name"),
        F.weekofyear(day).alias("week_of_year"),
        (weekday >= 6).alias("is_weekend"),
    )


def _in_force(facts: DataFrame, versions: DataFrame, number: str, date: str, columns: list[Column]) -> DataFrame:
    """Adds columns of the version that was valid on the date of the fact; the first of `versions` is the number."""
    version = versions.select(col(versions.columns[0]).alias("_number"), "valid_from", "valid_to", *columns)
    at = F.col(date).cast("timestamp_ntz")
    valid = (F.col(number) == F.col("_number")) & (at >= F.col("valid_from")) & (at < F.col("valid_to"))
    return facts.join(version, valid, "left").drop("_number", "valid_from", "valid_to")


def _with_customer(facts: DataFrame, customers: DataFrame, date: str) -> DataFrame:
    columns = [_customer_key(), location_key().alias("location_key"), F.col("country"), _employee_key()]
    return _in_force(facts, customers, "customer_number", date, columns)


def _employee_key() -> Column:
    number = F.col("sales_rep_employee_number")
    return F.when(number.isNotNull(), surrogate(number)).alias("employee_key")


def fact_orders(orders: DataFrame, orderdetails: DataFrame, customers: DataFrame, products: DataFrame) -> DataFrame:
    """
    One row an order line, with the customer and the product as they were on the day of the order; `customers` and
    `products` are versions.
    """
    order = orders.select(
        F.col("orderNumber").alias("_order"),
        F.col("customerNumber").alias("customer_number"),
        F.col("orderDate").cast("date").alias("order_date"),
        F.col("requiredDate").cast("date").alias("required_date"),
        F.col("shippedDate").cast("date").alias("shipped_date"),
        "status",
    )
    line = orderdetails.select(
        F.col("orderNumber").alias("order_number"),
        F.col("orderLineNumber").alias("order_line_number"),
        F.col("productCode").alias("product_code"),
        F.col("quantityOrdered").alias("quantity"),
        F.col("priceEach").cast("decimal(12,2)").alias("price_each"),
    )
    facts = line.join(order, F.col("order_number") == F.col("_order"), "inner")
    facts = _with_customer(facts, customers, "order_date")
    facts = _in_force(facts, products, "product_code", "order_date", [_product_key(), F.col("buy_price")])
    return facts.select(
        surrogate(F.col("order_number"), F.col("product_code")).alias("order_line_key"),
        "order_number",
        "order_line_number",
        "customer_key",
        "product_key",
        "location_key",
        "employee_key",
        date_key(F.col("order_date")).alias("order_date_key"),
        date_key(F.col("required_date")).alias("required_date_key"),
        date_key(F.col("shipped_date")).alias("shipped_date_key"),
        "customer_number",
        "product_code",
        "order_date",
        "country",
        "status",
        "quantity",
        "price_each",
        _money(F.col("price_each")).alias("amount"),
        _money(F.col("price_each") - F.col("buy_price").cast("decimal(12,2)")).alias("profit"),
    )


def _money(each: Column) -> Column:
    return (F.col("quantity").cast("decimal(10,0)") * each.cast("decimal(14,2)")).cast("decimal(18,2)")


def fact_payments(payments: DataFrame, customers: DataFrame) -> DataFrame:
    """One row a payment, with the customer as it was on that day; `customers` are versions."""
    payment = payments.select(
        F.col("customerNumber").alias("customer_number"),
        F.col("checkNumber").alias("check_number"),
        F.col("paymentDate").cast("date").alias("payment_date"),
        F.col("amount").cast("decimal(18,2)").alias("amount"),
    )
    return _with_customer(payment, customers, "payment_date").select(
        surrogate(F.col("customer_number"), F.col("check_number")).alias("payment_key"),
        "customer_key",
        "location_key",
        "employee_key",
        date_key(F.col("payment_date")).alias("payment_date_key"),
        "customer_number",
        "check_number",
        "payment_date",
        "country",
        "amount",
    )
