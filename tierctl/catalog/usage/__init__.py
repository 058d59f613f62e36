"""Usage profiles as YAML, one file for each built-in tier."""
