"""What `coursify check` looks at, one file for each thing that an installation needs; `run.py` lists them."""
