"""Films out of the database."""
