"""Transforms as texts: `concat(1) | blocks(1,1,0,2) | split(0,3,4)`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from tf2migrate.checkpoint.transforms.layout import Blocks, Reshape, Transpose, Unblocks
from tf2migrate.checkpoint.transforms.lists import Concat, On, Order, Split
from tf2migrate.checkpoint.transforms.numbers import Add, Cast, Constant, Iterations, Powers, Scale
from tf2migrate.checkpoint.transforms.step import Signature, Signatures, Step
from tf2migrate.model.checkpoint_error import CheckpointError

if TYPE_CHECKING:
    from tf2migrate.checkpoint.transforms.step import Array

SEPARATOR = " | "
Types: TypeAlias = tuple[type, ...]
_WHOLE, _REAL, _WORD, _STEP = (int,), (int, float), (str,), (Step,)
_STEPS: dict[str, tuple[Callable[..., Step], tuple[Types, ...], Types]] = {
    make.name: (make, fixed, more)
    for make, fixed, more in (
        (Transpose, (), _WHOLE),
        (Reshape, (), _WHOLE),
        (Blocks, (_WHOLE,), (int, str)),
        (Unblocks, (_WHOLE,), (int, str)),
        (Cast, (_WORD,), ()),
        (Scale, (_REAL,), ()),
        (Add, (_WHOLE, _WHOLE, _WHOLE, _REAL), ()),
        (Constant, (_WHOLE,), ()),
        (Iterations, (), _REAL),
        (Powers, (), _REAL),
        (Concat, (_WHOLE,), ()),
        (Split, (_WHOLE,), _WHOLE),
        (Order, (), _WHOLE),
        (On, (_WHOLE, _WHOLE, _STEP), ()),
    )
}
"""Each step, the types of its first arguments, and of any number of further ones."""
_INNERMOST = 20
"""How deep `on(0,1,on(0,1,...))` may be nested."""
_BRACKETS = str.maketrans("", "", "[]")


class Transform:
    """Steps, one after the other: from the TF1 values to the TF2 values.

    Most take one value and give one. An RNN cell's take several and give
    several, since its gates are laid out in other variables.
    """

    def __init__(self, steps: Iterable[Step] = ()) -> None:
        self.steps = tuple(steps)

    def __str__(self) -> str:
        return SEPARATOR.join(map(str, self.steps))

    def __repr__(self) -> str:
        return f"Transform({str(self)!r})"

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return bool(self.steps)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Transform) and self.steps == other.steps

    def __hash__(self) -> int:
        return hash(self.steps)

    def infer(self, inputs: Iterable[Signature]) -> Signatures:
        """Shapes and dtypes of the results, without reading a value.

        Raises:
          CheckpointError: the transform does not fit such values.
        """
        values = tuple(inputs)
        for step in self.steps:
            values = step.infer(values)
        return values

    def apply(self, values: Sequence[Array], inputs: Iterable[Signature] = ()) -> list[Array]:
        """The results. A bfloat16 value is a float32 array, as CheckpointFile reads it.

        Args:
          inputs: the signatures of `values`; needed if one is a bfloat16.

        Raises:
          CheckpointError: the transform does not fit the values.
        """
        self.infer(tuple(inputs) or [Signature(array.shape, array.dtype.name) for array in values])
        result = list(values)
        for step in self.steps:
            result = step.apply(result)
        return result

    def inverse(self, inputs: Iterable[Signature]) -> Transform:
        """The transform back to values such as `inputs`.

        `scale` and `add` round, and so do casts to a narrower type: these come
        back as near as their dtype allows.

        Raises:
          CheckpointError: the transform does not fit such values.
        """
        back: list[Step] = []
        values = tuple(inputs)
        for step in self.steps:
            results = step.infer(values)
            back.append(step.inverse(values))
            values = results
        return Transform(reversed(back))

    def undone(self) -> Transform:
        """The inverse, where it does not depend on the shape and the dtype of the TF1 values.

        Raises:
          CheckpointError: it does (`reshape`, `cast`, `concat`).
        """
        return Transform(step.reverse() for step in reversed(self.steps))


def parse(text: str) -> Transform:
    """The transform that `text` says; the one that changes nothing for an empty text.

    Lists may stand in brackets: `split(0,[3,4])` is `split(0,3,4)`.

    Raises:
      CheckpointError: it says none.
    """
    plain = text.translate(_BRACKETS)
    return Transform(_step(part.strip(), text, 0) for part in plain.split("|") if plain.strip())


def _step(part: str, text: str, depth: int) -> Step:
    name, opened, rest = part.partition("(")
    known = _STEPS.get(name.strip())
    if known is None or not opened or not rest.endswith(")") or depth > _INNERMOST:
        raise _error(text, f"there is no step {part!r}")
    make, fixed, more = known
    arguments = [_argument(item, text, depth) for item in _split(rest[:-1])]
    types = [*fixed, *[more] * (len(arguments) - len(fixed))]
    if len(arguments) != len(types) or not all(map(isinstance, arguments, types)):
        raise _error(text, f"{part} does not have such arguments")
    return make(*arguments)


def _split(arguments: str) -> list[str]:
    """At the commas that are not inside of parentheses; no arguments for an empty text."""
    parts, level = [""], 0
    for letter in arguments:
        level += (letter == "(") - (letter == ")")
        if letter == "," and level == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts] if arguments.strip() else []


def _argument(text: str, whole: str, depth: int) -> Any:
    if text.endswith(")"):
        return _step(text, whole, depth + 1)
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    if not text.isidentifier():
        raise _error(whole, f"{text!r} is no argument")
    return text


def _error(text: str, problem: str) -> CheckpointError:
    return CheckpointError(
        f"transform {text!r}", problem, f"the steps are {', '.join(sorted(_STEPS))}"
    )
