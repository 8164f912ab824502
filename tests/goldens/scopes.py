"""Objects for TF1's variable scopes: a scope is an object, a variable its attribute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import tensorflow as tf


class Scope(tf.Module):  # type: ignore[misc]
    """A tf.Module whose attributes are variables and inner scopes, called as in TensorFlow 1.

    Args:
      path: the scope's name in TensorFlow 1; empty for the root.
    """

    def __init__(self, path: str = "") -> None:
        super().__init__(name="scope")
        self._path = path

    def scope(self, name: str) -> Scope:
        """The inner scope `name`, which may be a path such as `rnn/gru_cell`."""
        head, _, rest = name.partition("/")
        if not hasattr(self, head):
            setattr(self, head, Scope(self._below(head)))
        inner: Scope = getattr(self, head)
        return inner.scope(rest) if rest else inner

    def variable(
        self, name: str, shape: Sequence[int], dtype: Any = tf.float32, trainable: bool = True
    ) -> Any:
        """A new variable, which has its name in TensorFlow 1; `name` may be a path.

        It starts at a value that no training gives, so that a lost value is seen.
        """
        scope, _, leaf = name.rpartition("/")
        owner = self.scope(scope) if scope else self
        if hasattr(owner, leaf):
            raise ValueError(f"there is a variable or a scope {name}")
        initial = tf.cast(tf.fill(shape, 77), dtype)
        made = tf.Variable(initial, trainable, name=owner._below(leaf))
        setattr(owner, leaf, made)
        return made

    def _below(self, name: str) -> str:
        return f"{self._path}/{name}" if self._path else name


def by_name(variables: Sequence[Any]) -> dict[str, Any]:
    """The values of variables by their names in TensorFlow 1."""
    return dict(_named(variables))


def _named(variables: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for variable in variables:
        yield variable.name.removesuffix(":0"), variable.numpy()
