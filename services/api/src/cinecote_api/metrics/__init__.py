"""What /metrics says, a file a source."""
