"""What a variable is for, told from the names that TensorFlow 1 gives.

Measured on TensorFlow 1.15.5: `slot_creator` calls a slot variable after its
variable, `w/Adam`, and `variable_scope` numbers the next one of that name,
`w/Adam_1`; in a `variable_scope("m")` the name is doubled, `m/m/w/Adam`. Shadow
variables of an ExponentialMovingAverage are named in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from tf2migrate.checkpoint.slots import KNOWN_OPTIMIZERS
from tf2migrate.model.inventory import Kind, SlotOf

Shape: TypeAlias = "tuple[int | None, ...] | None"
Signature: TypeAlias = tuple[Shape, str]
Classified: TypeAlias = tuple[Kind, "SlotOf | None"]

AVERAGE = "ExponentialMovingAverage"
MOVING_STATISTICS = frozenset(
    {
        *("moving_mean", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev"),
        *("renorm_mean_weight", "renorm_stddev_weight"),
    }
)
OPTIMIZER_STATE = frozenset({"beta1_power", "beta2_power", "m_cache"})
_ZERO_DEBIAS = frozenset({"biased", "local_step"})
# A weight that sits in a scope called like another variable is no slot variable.
_WEIGHTS = frozenset(
    {
        *("kernel", "bias", "weights", "biases", "weight", "w", "b", "W", "B", "g", "v"),
        *("gamma", "beta", "scale", "offset", "embedding", "embeddings"),
        *("attention_v", "attention_g", "depthwise_weights", "pointwise_weights"),
    }
)
SAVE_COUNTER = "save_counter"
"""What tf.train.Checkpoint calls the number of files that it has saved."""

_KEYS = ("int", "uint", "string")
_INTEGERS = frozenset({"int32", "int64"})


def is_number(text: str) -> bool:
    """Whether `int` takes it as a number without a sign; a superscript is a digit, too."""
    return text.isascii() and text.isdigit()


def numbered(name: str) -> tuple[str, int]:
    """A name without the number that makes it unique, and the number (0 for none)."""
    base, underscore, number = name.rpartition("_")
    if underscore and base and is_number(number) and not number.startswith("0"):
        return base, int(number)
    return name, 0


def classify(
    variables: Mapping[str, Signature], wanted: Iterable[str] | None = None
) -> dict[str, Classified]:
    """The kind of each variable of a TF1 name, and whose slot or shadow it is.

    Args:
      variables: shape and dtype by TF1 name (no `:0`); all that a checkpoint or
        a graph holds, since slot variables are known by their variables.
      wanted: the names to classify; all without it.
    """
    names = variables if wanted is None else wanted
    kinds = {name: _kind(name, *variables[name], variables) for name in names}
    trained = {slot.variable for kind, slot in kinds.values() if kind is Kind.SLOT and slot}
    # No optimizer trains a slot variable: what has slots is a weight that is only called like one.
    for name in trained & kinds.keys():
        if kinds[name][0] is Kind.SLOT:
            kinds[name] = (Kind.WEIGHT, None)
    return kinds


def _kind(name: str, shape: Shape, dtype: str, variables: Mapping[str, Signature]) -> Classified:
    scope, _, leaf = name.rpartition("/")
    base, number = numbered(leaf)
    if leaf in MOVING_STATISTICS or base in MOVING_STATISTICS:
        return Kind.MOVING_STATISTIC, None
    if shape == () and base.endswith("global_step") and dtype in _INTEGERS:
        return Kind.STEP, None
    if name == SAVE_COUNTER and shape == () and dtype == "int64":
        return Kind.SAVE_COUNTER, None
    if shape == () and base in OPTIMIZER_STATE:
        return Kind.OPTIMIZER, None
    if name.endswith(("-keys", "-values")) and _is_table(name, variables):
        return Kind.TABLE, None
    if not scope:
        return Kind.WEIGHT, None
    return _slot(scope, base, number, shape, variables) or (Kind.WEIGHT, None)


def _is_table(name: str, variables: Mapping[str, Signature]) -> bool:
    """Whether it and another one are the columns of a hash table; no weights are called so.

    Rows of tables have no order, rows of weights do. TensorFlow has no tables whose
    keys are floating-point numbers.
    """
    stem = name.removesuffix("-keys").removesuffix("-values")
    keys, values = variables.get(f"{stem}-keys"), variables.get(f"{stem}-values")
    if keys is None or values is None or not keys[1].startswith(_KEYS):
        return False
    rows = {shape[:1] for shape, _ in (keys, values) if shape is not None} - {(None,)}
    return len(rows) <= 1 and () not in rows


def _slot(
    scope: str, base: str, number: int, shape: Shape, variables: Mapping[str, Signature]
) -> Classified | None:
    if base in _ZERO_DEBIAS and AVERAGE in scope:
        shadow = scope.rpartition("/")[0]
        owner = shadow if shadow in variables else scope
        return Kind.AVERAGE, SlotOf(owner, base, AVERAGE)
    known = base == AVERAGE or base in KNOWN_OPTIMIZERS
    found = _owner(scope, shape, variables, known)
    if found is None or (not known and base in _WEIGHTS):
        return (Kind.AVERAGE, None) if base == AVERAGE else None
    outer, variable = found
    kind = Kind.AVERAGE if base == AVERAGE else Kind.SLOT
    optimizer = f"{outer}/{base}" if outer else base
    return kind, SlotOf(variable, str(number), optimizer)


def _owner(
    scope: str, shape: Shape, variables: Mapping[str, Signature], known: bool
) -> tuple[str, str] | None:
    """The scope that was open and the variable that a slot is called after.

    Slots of some optimizers (Adafactor, Shampoo) have shapes of their own; only
    a known optimizer's name says so.
    """
    outer: list[str] = []
    rest = scope
    while rest:
        signature = variables.get(rest)
        if signature is not None and (known or signature[0] == shape):
            return "/".join(outer), rest
        head, _, rest = rest.partition("/")
        outer.append(head)
    return None
