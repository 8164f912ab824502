"""The recorder of TensorFlow 1 programs, in parts.

`scripts/bundle_recorder.py` joins them to `tf2migrate/record_tf1.py`, the one file that runs
beside a TensorFlow of its own time: the parts know the standard library only, keep to the syntax
of Python 3.5, and no two of them have a name in common.
"""
