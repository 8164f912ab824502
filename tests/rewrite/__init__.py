"""Tests of rewrite: edits as data to bytes."""
