"""What a workflow or action file says, and what is wrong with it: pure, one file at a time."""
