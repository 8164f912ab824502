"""tf2migrate: TensorFlow 1 code to TensorFlow 2, and the proof that nothing was lost."""

__version__ = "0.1.0"
