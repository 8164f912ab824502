"""The formats of checkpoint files: V2 (TensorBundle) and V1, tables, object graphs."""
