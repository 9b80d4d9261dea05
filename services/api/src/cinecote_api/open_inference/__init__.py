"""The Open Inference Protocol, version 2, over REST; see docs/adr/0011."""
