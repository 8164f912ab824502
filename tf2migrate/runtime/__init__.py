"""The shim inside a TensorFlow 2 process: what it holds, what it would not save, restoring."""
