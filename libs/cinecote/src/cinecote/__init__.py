"""What is the same on both sides of a boundary between CinéCote's components."""
