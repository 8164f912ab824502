"""Small TensorFlow 1 programs whose checkpoints scripts/record_checkpoints.py records.

They run under TensorFlow 1.15.5, so under Python 3.7.
"""
