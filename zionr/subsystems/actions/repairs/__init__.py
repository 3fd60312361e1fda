"""What mends a workflow's life: candidates with their preconditions (pure), and the effects on GitHub."""
