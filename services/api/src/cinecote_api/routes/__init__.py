"""The calls, a file a topic: each parses, calls one function, and answers."""
