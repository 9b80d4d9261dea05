"""How long the one who asked may take over the answer."""

SECONDS_TO_TAKE = 30.0
LEAST_BYTES_A_SECOND = 16 * 1024
"""A tenth of what a poor telephone takes; what waits for slower ones is memory, or a place that others need."""
