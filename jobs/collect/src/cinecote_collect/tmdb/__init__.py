"""Films from TMDB's API: which are asked for, how fast, and what an answer may be."""
