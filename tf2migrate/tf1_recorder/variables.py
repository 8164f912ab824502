"""Variables, their partitions, and tables, when they are made."""

from typing import Any, Dict

from tf2migrate.tf1_recorder.looking import dtype_of, graph_of, name_of, shape_of
from tf2migrate.tf1_recorder.operations import initial_value
from tf2migrate.tf1_recorder.state import Call, State


def on_variable(state: State, variable: Any, call: Call) -> None:
    graph = state.graph(graph_of(variable))
    name = name_of(variable)
    row = {
        "name": name,
        "graph": graph.number,
        "class": type(variable).__name__,
        "dtype": dtype_of(variable),
        "shape": shape_of(variable),
        "trainable": getattr(variable, "trainable", None),
        "stack": state.places.stack(call.callee),
    }  # type: Dict[str, Any]
    if not graph.eager:
        before = state.variables.get((graph.number, name))
        if before is not None:  # made by the constructor of a base class
            state.rows["variables"].remove(before)
        state.variables[graph.number, name] = row
        graph.initializers[variable.initializer.name] = name
        row.update(initial_value(getattr(variable, "_initial_value", None)))
        on_partition(state, variable, call)
    state.rows["variables"].append(row)


def on_partition(state: State, variable: Any, call: Call) -> None:
    """Note which part of a partitioned variable (or slot) it is."""
    info = getattr(variable, "_save_slice_info", None)
    graph = state.graph(graph_of(variable))
    if info is None or graph.eager:
        return
    state.variables[graph.number, name_of(variable)]["partition"] = {
        "full_name": str(info.full_name),
        "full_shape": [int(size) for size in info.full_shape],
        "offset": [int(size) for size in info.var_offset],
        "shape": [int(size) for size in info.var_shape],
    }


def on_table(state: State, table: Any, call: Call) -> None:
    name = getattr(table, "name", None)
    if name is not None:  # else it has one when the constructor of the derived class ends
        row = state.row(table, "tables", call.callee, name=str(name))
        row["class"] = type(table).__name__
        handle = getattr(table, "resource_handle", getattr(table, "table_ref", None))
        row["op"] = name_of(handle)
        row["key_dtype"] = table.key_dtype.base_dtype.name
        row["value_dtype"] = table.value_dtype.base_dtype.name
