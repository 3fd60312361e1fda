"""Scripts of this repository, each called by make."""
