"""One small module a command; what it needs beyond click it imports inside its function."""
