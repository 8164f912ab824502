"""See every variable that a piece of a program creates."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import TracebackType
from typing import Any

import tensorflow as tf

from tf2migrate.checkpoint.kinds import SAVE_COUNTER, classify
from tf2migrate.model.inventory import Inventory, Source, VariableRow
from tf2migrate.runtime import keras
from tf2migrate.runtime.living import WeakVariables, living_variables
from tf2migrate.runtime.origins import current_line, origin_of, remember
from tf2migrate.runtime.saved import Saved, saved
from tf2migrate.runtime.unsaved import is_never_saved, label_of, unsaved
from tf2migrate.runtime.values import as_array, is_eager, variable_value


class UntrackedVariables(AssertionError):  # noqa: N818  (an assertion, as VariablesMismatch is)
    """Variables were created that a checkpoint would not save.

    Attributes:
      variables: a text for each: its name, how the object leads to it if it
        does, and the line that created it.
    """

    def __init__(self, label: str, variables: tuple[str, ...]) -> None:
        lines = "".join(f"\n  {text}" for text in variables)
        number = f"{len(variables)} variable{'s' if len(variables) != 1 else ''}"
        super().__init__(f"a checkpoint of {label} would not save {number} created here:{lines}")
        self.variables = variables


class Watch:
    """What `watch` gives; holds variables and the root weakly."""

    def __init__(self, root: Any = None) -> None:
        self._root = _weakly(root)
        self._before = WeakVariables()
        self._created = WeakVariables()
        self._inside = False
        self._scope: Any = None

    def __enter__(self) -> Watch:
        for variable in living_variables():
            self._before.add(variable)
        self._scope = tf.variable_creator_scope(self._creator)
        self._scope.__enter__()
        self._inside = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._scope.__exit__(kind, error, traceback)
        self._gather()
        self._inside = False

    def _creator(self, next_creator: Callable[..., Any], **arguments: Any) -> Any:
        """Called by TensorFlow for each variable that this thread creates in this graph."""
        variable = next_creator(**arguments)
        self._created.add(variable)
        line = current_line()
        if line is not None:
            remember(variable, line)
        return variable

    def _gather(self) -> None:
        """Creators are asked in one thread and one graph only; find what others made."""
        if self._inside:
            for variable in living_variables():
                if variable not in self._before and not self._knows(variable):
                    self._created.add(variable)

    def _knows(self, variable: Any) -> bool:
        """A distributed variable is known by the ones that it is made of."""
        parts = variable.values if isinstance(variable, tf.distribute.DistributedValues) else ()
        return any(one in self._created for one in (variable, *parts))

    @property
    def variables(self) -> tuple[Any, ...]:
        """The variables that were created and are alive, in the order of creation."""
        self._gather()
        return tuple(self._created)

    @property
    def inventory(self) -> Inventory:
        """A row for each created variable that is alive.

        Its key is its name, with a number if another one has it; its path is
        known if there is a root that saves it. `unsaved` are those that the root
        would not save.
        """
        root = self._root()
        dry_run = None if root is None else saved(root)
        variables = dict(_by_unique_name(self.variables))
        kinds = classify({key: _signature(one) for key, one in variables.items()})
        paths = {} if dry_run is None else dict(_paths(dry_run))
        rows = tuple(
            replace(_row(key, one), kind=kinds[key][0], slot=kinds[key][1], path=paths.get(id(one)))
            for key, one in variables.items()
        )
        return Inventory(
            Source.OBJECT,
            "variables created here",
            rows,
            values=lambda row: as_array(variable_value(variables[row.key], row.key)),
            unsaved=() if dry_run is None else self._untracked(dry_run),
        )

    @property
    def duplicates(self) -> dict[str, tuple[str, ...]]:
        """Names that several created eager variables have, with the lines that created them.

        Each of them would be given the value that a name-based checkpoint has
        under the name, and no check of TensorFlow's tells (facts A2.3).
        """
        found: dict[str, list[str]] = {}
        for variable in self.variables:
            if is_eager(variable) and not is_never_saved(variable):
                line = origin_of(variable) or "an unknown line"
                found.setdefault(_name(variable), []).append(line)
        return {name: tuple(lines) for name, lines in found.items() if len(lines) > 1}

    def raise_for_untracked(self, root: Any = None) -> None:
        """See that a checkpoint of `root` would save each variable that was created.

        Variables that are gone, and those that no TF1 program would have saved
        (of metrics, of Keras' random numbers, local ones), do not count.

        Args:
          root: what is saved; by default the object that `watch` was given.

        Raises:
          UntrackedVariables: it would not; names each and the line that created it.
          CheckpointError: TensorFlow could not save the root at all.
        """
        root = self._root() if root is None else root
        if root is None:
            raise TypeError("say what is saved: watch(root) or raise_for_untracked(root)")
        dry_run = saved(root)
        if self._untracked(dry_run):
            gc.collect()  # variables in cycles that nobody refers to are gone
        untracked = self._untracked(dry_run)
        if untracked:
            raise UntrackedVariables(dry_run.root.label, untracked)

    def _untracked(self, dry_run: Saved) -> tuple[str, ...]:
        excluded = {id(variable) for variable in keras.bookkeeping()}
        ways = {id(reached.state): reached.path for reached in unsaved(dry_run)}
        return tuple(
            label_of(variable, ways.get(id(variable), ""))
            for variable in self.variables
            if id(variable) not in excluded
            and _name(variable) != SAVE_COUNTER
            and not is_never_saved(variable)
            and not dry_run.holds(variable)
        )


def watch(root: Any = None) -> Watch:
    """Watch every variable that is created inside a `with` statement.

    Variables of eager code, of a tf.function's first trace, of Keras layers that
    are built and of graphs, of all threads.

    Args:
      root: the object whose checkpoint should save them; it may also be given
        later to `raise_for_untracked`.
    """
    return Watch(root)


def _weakly(root: Any) -> Callable[[], Any]:
    """A plain dict or list cannot be referred to weakly."""
    try:
        return weakref.ref(root)
    except TypeError:
        return lambda: root


def _name(variable: Any) -> str:
    return str(variable.name).partition(":")[0]


def _by_unique_name(variables: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    counts: dict[str, int] = {}
    for variable in variables:
        name = _name(variable)
        counts[name] = counts.get(name, 0) + 1
        yield name if counts[name] == 1 else f"{name} ({counts[name]})", variable


def _signature(variable: Any) -> tuple[tuple[int | None, ...] | None, str]:
    shape = variable.shape
    known = None if shape.rank is None else tuple(shape.as_list())
    return known, variable.dtype.base_dtype.name


def _row(key: str, variable: Any) -> VariableRow:
    shape, dtype = _signature(variable)
    return VariableRow(
        key=key,
        shape=shape,
        dtype=dtype,
        name=_name(variable),
        trainable=variable.trainable,
        origin=origin_of(variable),
    )


def _paths(dry_run: Saved) -> Iterator[tuple[int, str]]:
    """The object path of each variable that would be saved, by its id."""
    for key, tensor in dry_run.tensors.items():
        variable = keras.unwrapped(tensor.owner)
        if isinstance(variable, tf.Variable):
            yield id(variable), key.removesuffix("/.ATTRIBUTES/VARIABLE_VALUE")
