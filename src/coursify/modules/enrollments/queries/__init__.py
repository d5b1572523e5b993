"""The SQL of enrollments, one file for each noun."""
