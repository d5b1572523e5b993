"""How a page is declared, authenticated, rendered and answered. `admin`, `teach` and `account` build on it."""
