"""Films that nobody made, in the shapes of the table of 5,000 that TMDB's films were once handed round in."""
