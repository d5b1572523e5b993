"""The SQL of orders, payments and refunds, one file each."""
