"""AWS facts as dated data, and their typed readers. Knows the model and nothing above it."""
