"""What we measure, and how to repeat it: `make bench` beside a running `make run`."""
