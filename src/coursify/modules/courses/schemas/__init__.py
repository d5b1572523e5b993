"""The shapes: `incoming` refuses what is wrong, `outgoing` says what an answer looks like."""
