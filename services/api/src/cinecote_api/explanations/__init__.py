"""Why a film got its category: shares, the nearest films, and what would change it."""
