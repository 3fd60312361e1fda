"""What the checkout holds: the files as they lie there, what bash and other checkers say, and what was seen before."""
