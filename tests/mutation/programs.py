"""Random programs of TensorFlow 1, as far as their checkpoints go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from tf2migrate.checkpoint.files.dtypes import BFLOAT16, STRING

from .layers import LAYERS
from .saved import Item, Side, Value
from .tf1_graph import SLOTS, Graph, Optimizer, Variable

SCOPES = ("", "", "net", "generator", "discriminator", "net/tower_0")
SIZES = st.integers(1, 4)


@dataclass(frozen=True, eq=False)
class Program:
    """What a TF1 program saved.

    Attributes:
      graph: its variables, tables and optimizers.
      values: of each variable by name, and of both tensors of each table.
    """

    graph: Graph
    values: dict[str, Value]

    @property
    def variables(self) -> list[Variable]:
        return self.graph.variables

    def item(self, variable: Variable) -> Item:
        """The variable in a name-based checkpoint."""
        return Item(variable.name, self.values[variable.name], variable.name, owner=variable.owner)

    def table_items(self, table: str) -> tuple[Item, Item]:
        """The two tensors of a table in a name-based checkpoint."""
        keys, values = f"{table}-keys", f"{table}-values"
        return (
            Item(keys, self.values[keys], keys, table="keys"),
            Item(values, self.values[values], values, table="values"),
        )

    def saved(self) -> Side:
        """What its Saver wrote."""
        tables = [item for table in self.graph.tables for item in self.table_items(table)]
        return Side((*map(self.item, self.variables), *tables), objects=False)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Layers in scopes, a step, optimizers, averages and tables, with values."""
    graph = Graph()
    for _ in range(draw(st.integers(1, 5))):
        layer = draw(st.sampled_from(LAYERS))
        layer(graph, draw(st.sampled_from(SCOPES)), draw(SIZES), draw(SIZES))
    trained = [variable for variable in graph.variables if variable.trainable]
    if draw(st.booleans()):
        step = draw(st.sampled_from(("int64", "int32")))
        graph.variable("global_step", (), dtype=step, trainable=False)
    for _ in range(draw(st.integers(0, 2)) if trained else 0):
        draw_optimizer(draw, graph, trained)
    has_average: bool = draw(st.booleans())
    if trained and has_average:
        averaged = draw_some(draw, trained)
        graph.average(averaged, draw(st.sampled_from(("", "", "ema"))))
    if draw(st.integers(0, 3)) == 0:
        graph.tables.append("table")
    return Program(graph, draw_values(draw, graph))


def draw_some(draw: st.DrawFn, variables: list[Variable]) -> list[Variable]:
    """All of them, or one end of the list."""
    cut = draw(st.integers(0, len(variables) - 1))
    parts: tuple[list[Variable], ...] = (variables, variables[cut:], variables[: cut + 1])
    return draw(st.sampled_from(parts))


def draw_optimizer(draw: st.DrawFn, graph: Graph, trained: list[Variable]) -> None:
    """`minimize` of an optimizer with the default name or another."""
    kind = draw(st.sampled_from(sorted(SLOTS)))
    default = SLOTS[kind][0]
    name = draw(st.sampled_from((default, default, "mine")))
    # `net/w/Adam` is of `w`, under the scope `net`, or of `net/w`: nobody could tell.
    clear = not any(graph.has(f"net/{variable.name}") for variable in trained)
    scope = draw(st.sampled_from(("", "", "train", "net" if clear else "")))
    graph.optimizer(Optimizer(kind, name, scope), draw_some(draw, trained))


def draw_values(draw: st.DrawFn, graph: Graph) -> dict[str, Value]:
    """Random values, some of them as they are before the first step: all zero or one."""
    generator = np.random.RandomState(draw(st.integers(0, 2**31)))
    constant = partial(draw, st.sampled_from((None, None, None, None, 0.0, 1.0)))
    values = {
        variable.name: Value(
            variable.dtype,
            random_array(generator, variable.dtype, variable.shape, constant()),
            variable.parts,
        )
        for variable in graph.variables
    }
    for table in graph.tables:
        size = draw(st.integers(0, 3))
        for column, dtype in (("keys", STRING), ("values", "int64")):
            array = random_array(generator, dtype, (size,), None)
            values[f"{table}-{column}"] = Value(dtype, array)
    return values


def random_array(
    generator: np.random.RandomState,
    dtype: str,
    shape: tuple[int, ...],
    constant: float | None,
) -> NDArray[np.generic]:
    """Numbers of that type; all the same if `constant` says which."""
    if dtype == STRING:
        texts = np.empty(int(np.prod(shape)), dtype=object)
        texts[:] = [generator.bytes(number % 4) for number in range(texts.size)]
        return texts.reshape(shape)
    array = np.full(shape, constant) if constant is not None else generator.standard_normal(shape)
    if dtype == BFLOAT16:
        return rounded(np.asarray(array))
    if dtype in ("int32", "int64"):
        return np.asarray(array * 1000).astype(dtype)
    return np.asarray(array > 0 if dtype == "bool" else array).astype(dtype)


def rounded(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """float32 numbers that are bfloat16 ones."""
    bits = np.ascontiguousarray(array, "float32").view("uint32") & np.uint32(0xFFFF0000)
    return np.asarray(bits.view("float32").reshape(array.shape))
