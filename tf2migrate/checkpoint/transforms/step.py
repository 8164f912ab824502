"""One step of a transform: from a list of values to a list of values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from tf2migrate.model.checkpoint_error import CheckpointError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]


class Signature(NamedTuple):
    """Shape and dtype (TensorFlow's name) of a value."""

    shape: tuple[int, ...]
    dtype: str

    def __str__(self) -> str:
        return f"{self.dtype}{list(self.shape)}"


Signatures: TypeAlias = tuple[Signature, ...]


class Step:
    """A step can tell the results' shapes and dtypes before a value is read, do it, and undo it.

    Steps are values: two are equal if their texts are.
    """

    name = ""

    def arguments(self) -> str:
        """What stands between the parentheses."""
        raise NotImplementedError

    def infer(self, inputs: Signatures) -> Signatures:
        """Shapes and dtypes of the results.

        Raises:
          CheckpointError: the step does not fit such values.
        """
        raise NotImplementedError

    def apply(self, values: Sequence[Array]) -> list[Array]:
        """The results, for values of signatures that `infer` accepts."""
        raise NotImplementedError

    def inverse(self, inputs: Signatures) -> Step:
        """The step from this one's results back to values such as `inputs`."""
        self.infer(inputs)
        return self.reverse()

    def reverse(self) -> Step:
        """The inverse, of a step whose inverse does not depend on what it was given.

        Raises:
          CheckpointError: it does.
        """
        raise self.refuse("undoing it takes the shape and the dtype of what it was given")

    def __str__(self) -> str:
        return f"{self.name}({self.arguments()})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Step) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def refuse(self, problem: str) -> CheckpointError:
        """What to raise for values or numbers that do not fit."""
        return CheckpointError(f"transform {self}", problem, "correct it in the name map")

    def only(self, inputs: Signatures) -> Signature:
        """The one value that a step on a single value takes."""
        if len(inputs) != 1:
            raise self.refuse(f"it takes one value, there are {len(inputs)}")
        return inputs[0]

    def extent(self, value: Signature, axis: int) -> int:
        """The size of an axis that the value must have."""
        if not 0 <= axis < len(value.shape):
            raise self.refuse(f"{value} has no axis {axis}")
        return value.shape[axis]


def resized(value: Signature, axis: int, size: int) -> Signature:
    """The signature with another size along one axis."""
    return Signature((*value.shape[:axis], size, *value.shape[axis + 1 :]), value.dtype)


def listed(items: Iterable[object]) -> str:
    """Arguments as text."""
    return ",".join(map(str, items))


def is_permutation(numbers: Sequence[int]) -> bool:
    """Whether the numbers are 0 to n-1 in some order."""
    return sorted(numbers) == list(range(len(numbers)))
