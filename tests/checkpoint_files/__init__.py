"""The formats of checkpoint files."""
