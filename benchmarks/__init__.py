"""Measurements on code that others wrote; not part of the distribution."""
