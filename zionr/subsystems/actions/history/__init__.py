"""What git knows of the few files that look damaged: their versions, and who broke them."""
