"""One file per vendor: how we speak to the outside."""
