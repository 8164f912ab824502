"""Transforms of values in words."""

from __future__ import annotations

from collections.abc import Callable

from tf2migrate.checkpoint.transforms import parse

INVERSE = "inverse of "


def explained(text: str) -> str:
    """What a transform does, step by step; `inverse of ...` is undone from the end.

    Raises:
      CheckpointError: it is no transform.
    """
    inverse = text.startswith(INVERSE)
    steps = [_step(str(step)) for step in parse(text.removeprefix(INVERSE)).steps]
    return f"undoes: {', then '.join(steps)}" if inverse else ", then ".join(steps)


def _step(text: str) -> str:
    name, _, rest = text.partition("(")
    arguments = rest.removesuffix(")")
    return _WORDS[name](arguments)


def _blocks(arguments: str) -> str:
    axis, *order = arguments.split(",")
    numbers = [int(number) for number in order if number != "zero"]
    zeros = " (`zero` is a block of zeros)" if "zero" in order else ""
    count = max(numbers, default=-1) + 1
    return f"the {count} equal blocks along axis {axis} in the order {', '.join(order)}{zeros}"


def _add(arguments: str) -> str:
    axis, blocks, block, term = arguments.split(",")
    return f"{term} added to block {block} of {blocks} along axis {axis}"


def _split(arguments: str) -> str:
    axis, *sizes = arguments.split(",")
    return f"cut along axis {axis} into {' + '.join(sizes)}"


def _on(arguments: str) -> str:
    first, count, inner = arguments.split(",", 2)
    last = int(first) + int(count) - 1
    values = f"value {first}" if last == int(first) else f"values {first} to {last}"
    return f"of {values}: {_step(inner)}"


_WORDS: dict[str, Callable[[str], str]] = {
    "transpose": lambda arguments: f"the axes in the order {arguments}",
    "reshape": lambda arguments: f"the same numbers in the shape [{arguments}]",
    "blocks": _blocks,
    "unblocks": lambda arguments: f"undoes: {_blocks(arguments)}",
    "cast": lambda arguments: f"cast to {arguments}",
    "scale": lambda arguments: f"times {arguments}",
    "add": _add,
    "constant": lambda arguments: f"the number {arguments}",
    "iterations": lambda arguments: f"the number of steps, from the powers of {arguments}",
    "powers": lambda arguments: f"the powers of {arguments}, from the number of steps",
    "concat": lambda arguments: f"joined along axis {arguments}",
    "split": _split,
    "order": lambda arguments: f"the values in the order {arguments}",
    "on": _on,
}
