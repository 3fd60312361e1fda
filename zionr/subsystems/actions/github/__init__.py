"""GitHub's REST API: the client, and the one look at a repository's workflows and runs."""
