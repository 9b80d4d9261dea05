"""Who may ask for what, and how fast."""
