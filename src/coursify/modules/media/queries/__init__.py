"""The SQL of media, one file for each noun."""
