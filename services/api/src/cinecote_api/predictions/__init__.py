"""From bodies of films to answers, and what is kept of these."""
