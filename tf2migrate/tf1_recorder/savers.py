"""Savers and Checkpoints: what they hold, when they are made; what they save and restore."""

from typing import Any, Dict, List

from tf2migrate.tf1_recorder.looking import default_graph, name_of
from tf2migrate.tf1_recorder.operations import object_paths, saved_by
from tf2migrate.tf1_recorder.state import Call, State
from tf2migrate.tf1_recorder.tally import Tally


def on_saver(state: State, saver: Any, call: Call) -> None:
    """Note a Saver when it is made, and what it holds as soon as it is built."""
    given = call.arguments.get("var_list")
    kind = "all" if given is None else "dict" if isinstance(given, dict) else "list"
    if call.arguments.get("saver_def"):
        kind = "meta graph"
    row = state.row(
        saver,
        "savers",
        call.callee,
        given=kind,
        name=saver._name,
        reshape=bool(saver._reshape),
        saves=Tally(),
        restores=Tally(),
        variables=None,
    )
    if row["variables"] is None:
        row["variables"] = _held(saver)
        row["collections"] = state.graphs[row["graph"]].snapshot()
    made = saver.saver_def
    row["save_op"] = made.save_tensor_name if made else None
    for key in ("max_to_keep", "keep_checkpoint_every_n_hours", "sharded"):
        row[key] = getattr(made, key) if made else getattr(saver, "_" + key)
    row["version"] = "V2" if (made.version if made else saver._write_version) == 2 else "V1"


def _held(saver: Any) -> Any:
    """Keys and names; None before a Saver is built."""
    graph, given = default_graph(), saver._var_list
    if graph is None:
        pairs = given.items() if isinstance(given, dict) else [(name_of(v), v) for v in given]
        return sorted([str(key), name_of(variable)] for key, variable in pairs)
    if getattr(saver, "_is_empty", False):
        return []
    return saved_by(graph, saver.saver_def.save_tensor_name) if saver.saver_def else None


def on_save(state: State, one: Any, call: Call) -> None:
    """Note that a Saver or a tf.train.Checkpoint saves, by itself or through its manager."""
    prefix = call.arguments.get("save_path", call.arguments.get("file_prefix"))
    if prefix is None:
        prefix, one = one._checkpoint_prefix, one._checkpoint
    step = call.arguments.get("global_step")
    if step is not None:
        step = name_of(step) if hasattr(step, "get_shape") else "int"
    prefix = state.places.path(prefix)
    saves = _row(state, one, call)["saves"]
    entry = saves.entry(state.places.place(call.callee), prefix=prefix, global_step=step)
    entry["count"] += 1
    if isinstance(call.result, (str, bytes)):
        entry["last"] = state.places.path(call.result)
        entry.setdefault("first", entry["last"])
    state.saved()


def on_restore(state: State, one: Any, call: Call) -> None:
    """Note that a Saver or a tf.train.Checkpoint restores."""
    path = call.arguments.get("save_path")
    path = None if path is None else state.places.path(path)
    restores = _row(state, one, call)["restores"]
    restores.entry(state.places.place(call.callee), path=path)["count"] += 1


def _row(state: State, one: Any, call: Call) -> Dict[str, Any]:
    if hasattr(one, "saver_def"):
        on_saver(state, one, Call(call.callee, {"var_list": one._var_list}, None))
    else:
        row = state.row(one, "checkpoints", call.callee, saves=Tally(), restores=Tally())
        row["variables"] = object_paths(one, state.variable_class)
    return dict(state.objects[one])


def on_manager(state: State, manager: Any, call: Call) -> None:
    row = state.row(manager, "managers", call.callee)
    row["directory"] = state.places.path(call.arguments["directory"])
    row["max_to_keep"] = call.arguments["max_to_keep"]
    row["checkpoint_name"] = call.arguments.get("checkpoint_name", "ckpt")
