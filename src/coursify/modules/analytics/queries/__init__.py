"""SQL of analytics: what computes the rollups from the facts, and what reads them."""
