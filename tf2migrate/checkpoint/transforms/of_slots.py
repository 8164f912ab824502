"""What a variable's transform means for its slot variables."""

from __future__ import annotations

from tf2migrate.checkpoint.transforms.layout import Blocks, Reshape, Transpose
from tf2migrate.checkpoint.transforms.lists import Concat, On, Order, Split
from tf2migrate.checkpoint.transforms.numbers import Add, Cast
from tf2migrate.checkpoint.transforms.parsing import Transform
from tf2migrate.model.checkpoint_error import CheckpointError

_MOVING = (Transpose, Reshape, Blocks, Cast, Concat, Split, Order, On)
"""Steps that move numbers or store them otherwise: moments and accumulators move with them."""


def of_slot(of_variable: Transform) -> Transform:
    """The transform of the slot variables of a variable that is transformed.

    Optimizers work element by element, so what moves an element moves its slots. A
    term that is added to a variable is no part of them.

    Raises:
      CheckpointError: the transform changes the scale, so that slots would have to
        change in a way that depends on the optimizer.
    """
    steps = [step for step in of_variable.steps if not isinstance(step, Add)]
    for step in steps:
        if not isinstance(step, _MOVING):
            raise CheckpointError(
                f"the transform {of_variable}",
                f"what {step} does to slot variables depends on their optimizer",
                "leave the slot variables out with --leave-out, or transform without it",
            )
    return Transform(steps)
