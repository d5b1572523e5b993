"""The SQL of courses, one file for each noun."""
