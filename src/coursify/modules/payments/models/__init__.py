"""Orders, payments, refunds and disputes as rows, and what is always true of one of them."""
