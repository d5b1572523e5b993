"""What makes `coursify up` need no account: embedded servers, stand-ins, sample data."""
