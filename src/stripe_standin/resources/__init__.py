"""The operations of the API, one function each; every call runs in one transaction."""
