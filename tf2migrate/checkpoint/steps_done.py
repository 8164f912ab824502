"""How many steps an optimizer has done, from the powers of Adam's betas or a global step."""

from __future__ import annotations

import math
from typing import NamedTuple

_BETAS = (0.9, 0.999)
_NEAR = 0.05
_SMALLEST = 1.1754943508222875e-38
"""Of float32's full precision: a smaller power tells nothing."""
_FLOAT32 = 2**-22


class StepsDone(NamedTuple):
    """Attributes:
    steps: how many.
    betas: of which the powers are, one for each.
    """

    steps: int
    betas: tuple[float, ...]


def steps_done(powers: tuple[float, ...], step: int | None) -> StepsDone | None:
    """The steps after which beta1 (and beta2) have these powers; None if that stays open.

    After n steps a power is beta**(n + 1). The betas are no part of a checkpoint.
    Their defaults are tried, 0.999 for beta2 first, since its power tells the number
    best; then the global step. The other beta has to come out as a decimal number
    of at most four digits, as people write them.

    Args:
      powers: beta1_power, and beta2_power for Adam.
      step: the checkpoint's global step, if it has one.
    """
    known = [power for power in powers if _SMALLEST <= power < 1]
    if len(known) != len(powers):
        return None
    guesses = [step] if step is not None else []
    for beta, power in reversed(list(zip(_BETAS, powers, strict=False))):
        steps = math.log(power) / math.log(beta) - 1
        if abs(steps - round(steps)) < _NEAR:
            guesses.append(round(steps))
    for guess in sorted(set(guesses), key=guesses.count, reverse=True):
        betas = tuple(_written(power ** (1 / (guess + 1)), guess) for power in powers)
        found = tuple(beta for beta in betas if beta is not None)
        if len(found) == len(powers):
            return StepsDone(guess, found)
    return None


def fit(powers: tuple[float, ...], steps: int) -> bool:
    """Whether after so many steps the betas can have these powers.

    A power that has vanished (0.9 after 830 steps) fits any large number. The other
    ones have to be powers of decimal numbers, as in `steps_done`.
    """
    return all(
        power < 1 and _written(power ** (1 / (steps + 1)), steps) is not None
        if power >= _SMALLEST
        else power >= 0
        for power in powers
    )


def _written(beta: float, steps: int) -> float | None:
    """The decimal number that somebody wrote for a beta known to float32's precision."""
    short = round(beta, 4)
    return short if abs(beta - short) < _FLOAT32 * math.sqrt(steps + 1) and 0 < short < 1 else None
