"""What makes a TF1 value the TF2 value: parsed, checked, applied, undone."""

from tf2migrate.checkpoint.transforms.parsing import Transform, parse
from tf2migrate.checkpoint.transforms.step import Signature, Signatures

__all__ = ["Signature", "Signatures", "Transform", "parse"]
