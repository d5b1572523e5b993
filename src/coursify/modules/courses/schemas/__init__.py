"""The schemas: `incoming` validates requests, `outgoing` describes responses."""
