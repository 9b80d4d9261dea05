"""What TMDB asks everybody who uses its data to say, in its own words."""

TMDB_NOTICE = "This product uses TMDB and the TMDB APIs but is not endorsed, certified, or otherwise approved by TMDB."
TMDB_ADDRESS = "https://www.themoviedb.org/"
