"""The policy: one strict way from YAML files to frozen values."""
