"""Checkpoint files: read, compare, convert; without TensorFlow."""
