"""Values with one thing wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tf2migrate.checkpoint.files.dtypes import BFLOAT16, STRING

from .programs import rounded
from .saved import Value

_BY = 1e-3


def transposed(value: Value) -> Value | None:
    """The axes in reverse order; None for less than two."""
    if value.array.ndim < 2:
        return None
    return replace(value, array=np.ascontiguousarray(value.array.T), parts=())


def perturbed(value: Value) -> Value | None:
    """The last element moved by 1e-3; by 1 for integers, other texts are other texts."""
    if value.array.size == 0:
        return None
    array = value.array.copy()
    flat = array.reshape(-1)
    if value.dtype == STRING:
        flat[-1] = flat[-1] + b"."
    elif value.dtype == "bool":
        flat[-1] = not flat[-1]
    elif array.dtype.kind == "i":
        flat[-1] += 1
    else:
        flat[-1] = flat[-1] + flat.dtype.type(_BY)
    if value.dtype == BFLOAT16:
        array = rounded(array)
    return replace(value, array=array)
