"""The SQL of erasures and exports, one file each, and of what is held on a person."""
