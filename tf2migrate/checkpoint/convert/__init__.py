"""Convert checkpoints between TensorFlow 1's names and TensorFlow 2's objects."""

from tf2migrate.checkpoint.convert.converting import convert
from tf2migrate.checkpoint.convert.result import Conversion, Converted
from tf2migrate.checkpoint.convert.shards import How, Shard

__all__ = ["Conversion", "Converted", "How", "Shard", "convert"]
