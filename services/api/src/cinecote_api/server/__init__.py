"""The process and its connections."""
