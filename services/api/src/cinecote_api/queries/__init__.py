"""Questions to the database that have a name: each declared once, with its parameters."""
