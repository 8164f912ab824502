"""Checkpoints that TensorFlow 1.15.5 wrote, and what is done with them."""
