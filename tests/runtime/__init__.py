"""The shim inside a TensorFlow 2 process."""
