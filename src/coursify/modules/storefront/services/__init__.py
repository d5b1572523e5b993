"""The use cases of the storefront."""
