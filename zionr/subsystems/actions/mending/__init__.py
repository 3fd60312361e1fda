"""How a damaged file can be mended, and how that is offered: a text patch, an older version, a pull request."""
