"""What training keeps beside the variables: slots of optimizers, averages."""

from typing import Any

from tf2migrate.tf1_recorder.looking import name_of
from tf2migrate.tf1_recorder.state import Call, State


def on_averages(state: State, averages: Any, call: Call) -> None:
    row = state.row(averages, "averages", call.callee, name=averages._name)
    row["decay"] = averages._decay if isinstance(averages._decay, float) else None
    shadows = []
    for key, shadow in averages._averages.items():
        variable = key.deref() if hasattr(key, "deref") else key  # a reference since 1.15
        shadows.append([name_of(variable), name_of(shadow)])
    row["shadows"] = sorted(shadows)


def on_gradients(state: State, optimizer: Any, call: Call) -> None:
    """Note what an optimizer keeps for the variables that it trains, and for itself."""
    pairs = call.arguments["grads_and_vars"]
    trained = [variable for gradient, variable in pairs if gradient is not None]
    row = state.row(optimizer, "optimizers", call.callee, name=optimizer.get_name(), slots={})
    known = set(row.get("variables", ()))
    row["variables"] = sorted(known.union(name_of(variable) for variable in trained))
    for slot in optimizer.get_slot_names():
        kept = dict(row["slots"].get(slot, ()))
        for variable in trained:
            one = optimizer.get_slot(variable, slot)
            if one is not None:
                kept[name_of(variable)] = name_of(one)
        row["slots"][slot] = sorted(kept.items())
    row["state"] = sorted([name, name_of(one)] for name, one in _own_variables(optimizer))


def on_keras_slot(state: State, optimizer: Any, call: Call) -> None:
    """Note a slot of an optimizer of tf.keras, which makes them one by one."""
    name = getattr(optimizer, "_name", None)
    row = state.row(optimizer, "optimizers", call.callee, name=name, slots={})
    variable, slot = call.arguments["var"], call.arguments["slot_name"]
    row["variables"] = sorted(set(row.get("variables", ())) | {name_of(variable)})
    kept = dict(row["slots"].get(slot, ()))
    kept[name_of(variable)] = name_of(call.result)
    row["slots"][slot] = sorted(kept.items())
    own = dict(optimizer._hyper, iter=optimizer.iterations)
    known = [(key, one) for key, one in own.items() if isinstance(one, state.variable_class)]
    row["state"] = sorted([key, name_of(one)] for key, one in known)


def _own_variables(optimizer: Any) -> Any:
    known = getattr(optimizer, "_non_slot_dict", None)
    if known is not None:
        return [(key[0], variable) for key, variable in known.items()]
    # Before TensorFlow 1.5 only the Adam family had any: _beta1_power, _beta2_power.
    pairs = [(name.strip("_"), one) for name, one in vars(optimizer).items()]
    return [(name, one) for name, one in pairs if name.endswith("_power") and one is not None]
