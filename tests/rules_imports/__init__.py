"""Tests of the rules about imports and removed names."""
