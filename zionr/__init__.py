"""zionr watches everything that automates a repository and repairs what it safely can, once."""

__version__ = "0.1.0"
