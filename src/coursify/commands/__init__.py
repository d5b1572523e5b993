"""The commands that run in production, one file each; `coursify.cli` names them."""
