"""Serves the people who write `content/`: strict reading, checks, and the compiled library."""
