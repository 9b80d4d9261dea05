"""CinéCote on one machine without containers: what `make demo` and `make serve` do."""
