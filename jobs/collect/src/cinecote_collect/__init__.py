"""Collects films: reads a source, cleans each row by named rules, stores films and rejections."""
