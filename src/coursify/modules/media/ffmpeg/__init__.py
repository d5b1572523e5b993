"""ffmpeg: found, limited, asked what a file is, and run to transcode it."""
