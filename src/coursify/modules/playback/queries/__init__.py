"""The SQL of playback, one file for each noun."""
