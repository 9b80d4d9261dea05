"""What is served: taken in, followed, shared out and changed."""
