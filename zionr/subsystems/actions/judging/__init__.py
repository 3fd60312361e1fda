"""From what was seen to findings: of files, and of what is alive. Pure."""
