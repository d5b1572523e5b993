"""The SQL of erasures and exports, one file each."""
