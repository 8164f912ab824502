"""Variables that an object can reach and that no checkpoint of it would hold."""

# mypy: allow-subclassing-any

from __future__ import annotations

import collections
import functools
import types
from collections.abc import Callable
from typing import Any

import pytest
import tensorflow as tf

from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.runtime import inventory

v1 = tf.compat.v1
pytestmark = pytest.mark.tensorflow

GLOBAL = tf.Variable(1.0, name="lost")
GLOBAL_OF_NOBODY = tf.Variable(1.0, name="unrelated")


def lost(value: Any = 1.0) -> Any:
    return tf.Variable(value, name="lost")


class Plain:
    """What TensorFlow does not look into."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Slotted:
    """Without a dict."""

    __slots__ = ("never_set", "value")

    def __init__(self, value: Any) -> None:
        self.value = value


class Bag(list[Any]):
    """A container that has an attribute."""

    extra: Any = None


def bag() -> Any:
    made = Bag([1, 2])
    made.extra = lost()
    return made


class WithClassAttribute(tf.Module):
    shared = tf.Variable(1.0, name="lost")


class ReadsGlobal(tf.Module):
    GLOBAL_OF_NOBODY = 3  # an attribute that is called as a global variable is

    def __call__(self) -> Any:
        return [GLOBAL for _ in range(self.GLOBAL_OF_NOBODY)]


class WithClosure(tf.Module):
    """Its method is made in a function."""

    @classmethod
    def make(cls) -> Any:
        hidden = lost()

        class Inner(cls):  # type: ignore[valid-type, misc]
            def __call__(self) -> Any:
                return hidden

        return Inner()


def with_attribute(value: Any) -> Any:
    made = tf.Module()
    made.w = tf.Variable(1.0, name="kept")
    made.hidden = value
    return made


def closure() -> Any:
    hidden = lost()
    return lambda: hidden


def wrapped_v1_function() -> Any:
    def net(x: Any) -> Any:
        return x @ v1.get_variable("lost", [3, 1])

    return v1.wrap_function(net, [tf.TensorSpec([None, 3])])


def set_behind_the_back() -> Any:
    made = with_attribute(None)
    object.__setattr__(made, "hidden", lost())
    return made


def moving_average() -> Any:
    made = with_attribute(None)
    made.hidden = tf.train.ExponentialMovingAverage(0.9)
    made.hidden.apply([made.w])
    return made


def concrete_function() -> Any:
    hidden = lost()
    keep(hidden)
    return with_attribute(tf.function(lambda: hidden + 1.0).get_concrete_function())


_kept: list[Any] = []


def keep(variable: Any) -> None:
    """A concrete function holds its variables weakly."""
    _kept.append(variable)


HIDDEN: dict[str, tuple[Callable[[], Any], str]] = {
    "plain object": (lambda: with_attribute(Plain(lost())), "hidden.value"),
    "plain object in a list": (lambda: with_attribute([Plain(lost())]), "hidden[0].value"),
    "slots": (lambda: with_attribute(Slotted(lost())), "hidden.value"),
    "set": (lambda: with_attribute({lost().ref()}), "hidden{...}"),
    "frozenset": (lambda: with_attribute(Plain(frozenset({lost().ref()}))), "hidden.value{...}"),
    "defaultdict": (
        lambda: with_attribute(collections.defaultdict(list, a=[lost()])),
        "hidden['a'][0]",
    ),
    "dict with keys that are no strings": (
        lambda: with_attribute(Plain({3: lost()})),
        "hidden.value[3]",
    ),
    "deque": (lambda: with_attribute(collections.deque([lost()])), "hidden[0]"),
    "UserDict": (
        lambda: with_attribute(collections.UserDict(a=lost())),
        "hidden.data['a']",
    ),
    "SimpleNamespace": (lambda: with_attribute(types.SimpleNamespace(a=lost())), "hidden.a"),
    "attribute of a list": (lambda: with_attribute(Plain(bag())), "hidden.value.extra"),
    "set behind TensorFlow's back": (set_behind_the_back, "hidden"),
    "class attribute": (WithClassAttribute, "shared"),
    "closure": (lambda: with_attribute(closure()), "hidden (closure over hidden)"),
    "closure of a method": (WithClosure.make, "__call__ (closure over hidden)"),
    "closure of a tf.function": (
        lambda: with_attribute(tf.function(closure())),
        "hidden (closure over hidden)",
    ),
    "default of a function": (
        lambda: with_attribute(lambda x=lost(): x),  # noqa: B008
        "hidden.__defaults__[0]",
    ),
    "bound method": (
        lambda: with_attribute(types.MethodType(lambda self: self, Plain(lost()))),
        "hidden.__self__.value",
    ),
    "partial": (
        lambda: with_attribute(functools.partial(print, lost())),
        "hidden.args[0]",
    ),
    "partial with a keyword": (
        lambda: with_attribute(functools.partial(print, end=lost())),
        "hidden.keywords['end']",
    ),
    "global variable that a method reads": (ReadsGlobal, "__call__ (global GLOBAL)"),
    "concrete function": (concrete_function, "hidden.variables[0]"),
    "wrapped v1 function": (
        lambda: with_attribute(wrapped_v1_function()),
        "hidden.variables[0]",
    ),
    "moving average": (moving_average, "hidden._averages[kept]"),
}


@pytest.mark.parametrize(("make", "path"), HIDDEN.values(), ids=HIDDEN.keys())
def test_a_variable_that_no_checkpoint_holds_is_found(
    make: Callable[[], Any], path: str, written: Any
) -> None:
    obj = make()
    found = inventory(obj)
    name = "kept/ExponentialMovingAverage" if "averages" in path else "lost"
    assert [text.partition(", created")[0] for text in found.unsaved] == [
        f"{name}, reached as {path}"
    ]
    saved = written(tf.train.Checkpoint(obj)).tensors
    assert not any("lost" in str(key) or "hidden" in str(key) for key in saved)


def test_a_table_that_no_checkpoint_holds_is_found() -> None:
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    [text] = inventory(with_attribute(Plain(table))).unsaved
    assert text.endswith("reached as hidden.value")


def test_a_wrapped_v1_function_shows_variables_that_its_outputs_do_not_read() -> None:
    """Facts B9: the step is not among `variables`."""

    def net(x: Any) -> Any:
        step = v1.train.get_or_create_global_step()
        w = v1.get_variable("w", [3, 1])
        optimizer = v1.train.AdamOptimizer(0.1)
        optimizer.minimize(tf.reduce_sum(x @ w), step, name="train")
        return x @ w

    wrapped = v1.wrap_function(net, [tf.TensorSpec([None, 3])])
    names = {text.partition(",")[0] for text in inventory(with_attribute(wrapped)).unsaved}
    assert names == {"w", "w/Adam", "w/Adam_1", "beta1_power", "beta2_power", "global_step"}


def v1_optimizer() -> Any:
    made = with_attribute(v1.train.AdamOptimizer(0.1))
    made.hidden.apply_gradients([(1.0, made.w)])
    return made


def method_that_names_what_is_saved() -> Any:
    class Inner(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.step = step

        def __call__(self) -> Any:
            return step

    step = tf.Variable(0)
    return Inner()


def saver() -> Any:
    made = with_attribute(None)
    made.saver = v1.train.Saver([made.w, lost()])
    return made


def data_set() -> Any:
    hidden = lost()
    return with_attribute(tf.data.Dataset.range(3).map(lambda x: tf.cast(x, tf.float32) * hidden))


HARMLESS: dict[str, Callable[[], Any]] = {
    "nested containers": lambda: with_attribute([{"a": (tf.Variable(1.0),)}]),
    "optimizer with slots": v1_optimizer,
    "closure over what is saved": method_that_names_what_is_saved,
    "a module that holds itself": lambda: with_attribute(tf.Module()),
    "a Saver is no owner": saver,
    "a data set is no owner": data_set,
    "a plain object without variables": lambda: with_attribute(Plain({"lr": 0.1, "f": print})),
    "tensors and arrays": lambda: with_attribute(Plain([tf.ones(2), tf.ones(2).numpy()])),
    "a session and its graph": lambda: with_attribute(Plain(v1.Session(graph=tf.Graph()))),
    "a variable held twice": lambda: module_with_alias_in_plain_object(Plain),
    "a generator": lambda: with_attribute(tf.random.Generator.from_seed(1)),
    "a table": lambda: with_attribute(
        tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    ),
    "another checkpoint": lambda: with_attribute(tf.train.Checkpoint(a=tf.Variable(1.0))),
}


def module_with_alias_in_plain_object(kind: type) -> Any:
    made = with_attribute(None)
    made.hidden = kind({"again": made.w})
    return made


@pytest.mark.parametrize("make", HARMLESS.values(), ids=HARMLESS.keys())
def test_no_alarm_without_a_loss(make: Callable[[], Any]) -> None:
    assert inventory(make()).unsaved == ()


def changed_list(change: Callable[[Any], object]) -> Any:
    made = with_attribute([tf.Variable(1.0), tf.Variable(2.0)])
    change(made.hidden)
    return made


def appended_to_the_original() -> Any:
    original = [tf.Variable(1.0)]
    made = with_attribute(original)
    original.append(tf.Variable(2.0))
    return made


def popped_dict() -> Any:
    made = with_attribute({"a": tf.Variable(1.0)})
    made.hidden.pop("a")
    return made


UNSAVEABLE: dict[str, Callable[[], Any]] = {
    "element replaced": lambda: changed_list(lambda x: x.__setitem__(0, tf.Variable(3.0))),
    "element inserted": lambda: changed_list(lambda x: x.insert(0, tf.Variable(3.0))),
    "element removed": lambda: changed_list(lambda x: x.pop()),
    "reversed": lambda: changed_list(lambda x: x.reverse()),
    "original list changed": appended_to_the_original,
    "popped from a dict": popped_dict,
    "keys that are no strings": lambda: with_attribute({1: tf.Variable(1.0)}),
}


@pytest.mark.parametrize("make", UNSAVEABLE.values(), ids=UNSAVEABLE.keys())
def test_what_tensorflow_cannot_save_is_an_error_that_names_the_path(
    make: Callable[[], Any], tmp_path: Any
) -> None:
    obj = tf.train.Checkpoint(model=make())
    with pytest.raises(ValueError, match=r"Unable to save|non-string key"):
        obj.write(str(tmp_path / "x"))
    with pytest.raises(
        CheckpointError, match=r"saving it would fail at model/hidden \(a "
    ) as error:
        inventory(obj)
    assert error.value.remedy


def test_all_places_that_cannot_be_saved_are_named() -> None:
    made = with_attribute({"a": tf.Variable(1.0)})
    made.more = [tf.Variable(1.0)]
    made.hidden.pop("a")
    made.more.pop()
    with pytest.raises(CheckpointError, match=r"hidden \(.*more \("):
        inventory(made)


@pytest.mark.parametrize(
    "obj",
    [3.5, None, "text", {1, 2}, object(), tf.ones(2), tf.train.ExponentialMovingAverage(0.5)],
    ids=["float", "None", "text", "set", "object", "tensor", "ExponentialMovingAverage"],
)
def test_what_is_not_trackable_is_an_error(obj: Any) -> None:
    with pytest.raises(CheckpointError, match="cannot be the root of a checkpoint"):
        inventory(obj)


def test_a_dict_with_a_value_that_is_not_trackable_loses_nothing_silently() -> None:
    assert inventory({"w": tf.Variable(1.0), "n": 3}).unsaved == ()
    assert len(inventory({"w": tf.Variable(1.0), "p": Plain(lost())}).unsaved) == 1


def test_inside_a_function_that_is_traced_it_says_so() -> None:
    made = with_attribute(None)

    def traced() -> None:
        inventory(made)

    with pytest.raises(CheckpointError, match=r"while a tf\.function is traced"):
        tf.function(traced, autograph=False)()
