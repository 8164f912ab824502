"""Bytes to facts and edits to bytes; the only door to `ast` and LibCST."""
