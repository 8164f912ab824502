"""Layouts that a name map says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.bundles import strings, write_objects
from tests.convert.files import ADAM, SLOT, places, row, write
from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.convert import convert
from tf2migrate.checkpoint.files.graph import VALUE_SUFFIX
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Depth, Outcome
from tf2migrate.model.names import NameRow

SET = row("*", "{name}", "set")
MODEL = [row("h/w", "model/w1"), row("h/b", "model/b1"), row("global_step", "model/global_step")]


def converted(folder: Path, names: list[str], rows: list[NameRow]) -> dict[str, str]:
    return places(convert(write(folder, names), folder / "new-7", names=rows).prefix)


def test_exact_rows_say_the_object_path(tmp_path: Path) -> None:
    new = converted(tmp_path, ["h/w", "h/b", "global_step"], MODEL)
    assert new == {"h/w": "model/w1", "h/b": "model/b1", "global_step": "model/global_step"}


def test_a_set_holds_every_tensor_as_a_child_of_the_root(tmp_path: Path) -> None:
    names = ["h/w", "h/w/Adam", "h/w/Adam_1", "h/w/ExponentialMovingAverage", *ADAM]
    assert converted(tmp_path, names, [SET]) == {name: name.replace("/", ".S") for name in names}


def test_a_table_in_a_set_is_one_object(tmp_path: Path) -> None:
    old = write(
        tmp_path, {"t/mht-keys": strings([b"a"]), "t/mht-values": np.zeros(1), "w": np.zeros(1)}
    )
    new = convert(old, tmp_path / "new", names=[SET]).prefix
    assert set(places(new).values()) == {"t.Smht/.ATTRIBUTES/table", "w"}


def test_a_table_has_a_row_by_its_name(tmp_path: Path) -> None:
    old = write(tmp_path, {"mht-keys": strings([b"a"]), "mht-values": np.zeros(1)})
    new = convert(old, tmp_path / "new", names=[row("mht", "model/table")]).prefix
    assert "model/table/.ATTRIBUTES/table-values" in open_checkpoint(new).tensors


def test_the_row_of_an_optimizer_says_where_its_slots_and_state_belong(tmp_path: Path) -> None:
    names = ["h/w", "h/w/Adam", "h/w/Adam_1", *ADAM]
    rows = [row("h/w", "model/w1"), row("*/Adam*", "model/optimizer", "optimizer")]
    assert converted(tmp_path, names, rows) == {
        "h/w": "model/w1",
        "h/w/Adam": f"model/w1{SLOT}model/optimizer/m",
        "h/w/Adam_1": f"model/w1{SLOT}model/optimizer/v",
        "beta1_power": "model/optimizer/beta1_power",
        "beta2_power": "model/optimizer/beta2_power",
    }


@pytest.mark.parametrize("pattern", ["*/LazyAdam*", "?"])
def test_an_optimizer_is_known_by_its_class_or_as_the_only_one(
    tmp_path: Path, pattern: str
) -> None:
    names = ["w", "w/Adam", "w/Adam_1", *ADAM]
    rows = [row("w", "w"), row(pattern, "o", "optimizer")]
    assert converted(tmp_path, names, rows)["w/Adam_1"] == f"w{SLOT}o/v"


def test_an_optimizer_without_slots_needs_none(tmp_path: Path) -> None:
    rows = [row("w", "model/w"), row("*/GradientDescent*", "model/optimizer", "optimizer")]
    assert converted(tmp_path, ["w"], rows) == {"w": "model/w"}


def test_rows_of_slots_say_what_names_leave_open(tmp_path: Path) -> None:
    names = ["a", "b", "a/mine", "b/mine", "a/mine_1", "b/mine_1"]
    rows = [row("a", "m/a"), row("b", "m/b"), row("b/mine_1", f"m/b{SLOT}m/o.Sx/v", "slot")]
    families = [
        row("*/mine", f"*{SLOT}m/o.Sx/m", "slot"),
        row("a/mine_1", f"m/a{SLOT}m/o.Sx/v", "slot"),
    ]
    new = converted(tmp_path, names, [*rows, *families])
    assert new["a/mine"] == f"m/a{SLOT}m/o.Sx/m"
    assert new["b/mine"] == f"m/b{SLOT}m/o.Sx/m"
    assert new["b/mine_1"] == f"m/b{SLOT}m/o.Sx/v"


def test_families_fill_in_what_the_pattern_stands_for(tmp_path: Path) -> None:
    names = ["layer_0/w", "layer_0/b", "layer_1/w", "layer_1/b"]
    rows = [row("layer_*/w", "layers/*/w"), row("layer_*/*", "layers/*/other/*")]
    assert converted(tmp_path, names, rows) == {
        "layer_0/w": "layers/0/w",
        "layer_1/w": "layers/1/w",
        "layer_0/b": "layers/0/other/b",
        "layer_1/b": "layers/1/other/b",
    }


def test_a_transform_is_applied(tmp_path: Path) -> None:
    old = write(tmp_path, {"w": np.arange(6, dtype=np.float32).reshape(2, 3)})
    done = convert(old, tmp_path / "new", names=[row("w", "w", transform="transpose(1,0)")])
    value = open_checkpoint(done.prefix).read("w/.ATTRIBUTES/VARIABLE_VALUE")
    assert value.tolist() == [[0, 3], [1, 4], [2, 5]]
    assert [each.transform for each in done.rows if each.old] == ["transpose(1,0)"]


def test_the_one_open_row_takes_the_one_variable_that_is_left(tmp_path: Path) -> None:
    names = ["Variable", "w", "Variable/Momentum", "w/Momentum"]
    rows = [row("?", "model/w"), row("w", "model/u"), row("*/Momentum*", "o", "optimizer")]
    new = converted(tmp_path, names, rows)
    assert new["Variable"] == "model/w"
    assert new["Variable/Momentum"] == f"model/w{SLOT}o/momentum"


REFUSED = {
    "two open rows": (
        ["Variable", "Variable_1"],
        [row("?", "a"), row("?", "b")],
        "leave the TF1 names of a, b open; left are Variable, Variable_1",
    ),
    "an open row and nothing left": (["w"], [row("w", "w"), row("?", "a")], "left are none"),
    "a variable that no row names": (["w", "u"], [row("w", "model/w")], "no row names u"),
    "a variable that is not there": (["w"], [row("w", "w"), row("u", "u")], "has no u"),
    "two names of one key": (["a", "b"], [row("a", "x"), row("b", "x")], "both a and b"),
    "two names of one key, one transformed": (
        ["a", "b"],
        [row("a", "x", transform="reshape(6)"), row("b", "x")],
        "both a and b",
    ),
    "two names of one key, both transformed": (
        ["a", "b"],
        [row("a", "x", transform="reshape(6)"), row("b", "x", transform="reshape(6)")],
        "both a and b",
    ),
    "the key of the new counter": (["w"], [row("w", "save_counter")], "a new save_counter and w"),
    "the key of the new counter, among variables too many to compare each": (
        [f"w{number}" for number in range(2001)],
        [row("w0", "save_counter"), row("*", "{name}", "set")],
        "a new save_counter and w0",
    ),
    "a family on one key": (["a1", "a2"], [row("a*", "x")], "both a1 and a2"),
    "a key with more stars than its name": (["a1"], [row("a*", "*/*")], "not as many"),
    "slots of a variable that no row names": (
        ["w", "w/Momentum"],
        [row("*/Momentum*", "o", "optimizer")],
        "no row names w, w/Momentum",
    ),
    "two optimizers for one row": (
        ["w", "w/Adam", "w/Adam_1", "w/Adam_2", "w/Adam_3"],
        [row("w", "w"), row("*/Adam*", "o", "optimizer")],
        "which optimizer its rows mean",
    ),
    "two rows for one optimizer": (
        ["w", "w/Momentum"],
        [row("w", "w"), row("*/Momentum*", "o", "optimizer"), row("*/Momentum*", "p", "optimizer")],
        "which optimizer its rows mean",
    ),
    "two optimizers of different variables": (
        ["d", "g", *(f"{n}/Adam{i}" for n in "dg" for i in ("", "_1")), *ADAM, "beta1_power_1"],
        [row("d", "d"), row("g", "g"), row("*/Adam*", "o", "optimizer")],
        "which optimizer its rows mean",
    ),
    "a slot of a variable that is not there": (
        ["w", "w/mine"],
        [row("w", "model/w"), row("w/mine", f"w{SLOT}o/m", "slot")],
        "names what is not there",
    ),
    "a transform that does not fit": (
        ["w"],
        [row("w", "w", transform="transpose(0,1,2)")],
        "does not fit float32",
    ),
    "a transform that is none": (["w"], [row("w", "w", transform="turn(1)")], "no step"),
}


@pytest.mark.parametrize(("names", "rows", "problem"), REFUSED.values(), ids=REFUSED)
def test_refused(tmp_path: Path, names: list[str], rows: list[NameRow], problem: str) -> None:
    old = write(tmp_path, names)
    there = sorted(tmp_path.iterdir())
    with pytest.raises(CheckpointError, match=problem):
        convert(old, tmp_path / "new", names=rows)
    assert sorted(tmp_path.iterdir()) == there


def test_what_no_row_names_is_kept_at_its_name_on_request(tmp_path: Path) -> None:
    names = ["w", "u", "w/Momentum", "u/Momentum", "w/ExponentialMovingAverage"]
    rows = [row("w", "model/w"), row("*/Momentum*", "o", "optimizer")]
    done = convert(write(tmp_path, names), tmp_path / "new", names=rows, keep_rest=True)
    assert places(done.prefix) == {
        "w": "model/w",
        "u": "u",
        "w/Momentum": f"model/w{SLOT}o/momentum",
        "u/Momentum": f"u{SLOT}o/momentum",
        "w/ExponentialMovingAverage": "ExponentialMovingAverage/w",
    }


def test_what_is_to_be_left_out_is_left_out_and_said(tmp_path: Path) -> None:
    names = ["w", "u", "w/Momentum", "u/Momentum"]
    rows = [row("w", "model/w"), row("u", "model/u")]
    old = write(tmp_path, names)
    done = convert(old, tmp_path / "new", names=rows, leave_out=["*/Momentum"])
    assert places(done.prefix) == {"w": "model/w", "u": "model/u"}
    assert {each.old[0] for each in done.rows if not each.new} == {"w/Momentum", "u/Momentum"}
    assert done.report is not None
    assert {row.key for entry in done.report.entries for row in entry.before} == {"w", "u"}
    with pytest.raises(CheckpointError, match="no variable is called v"):
        convert(old, tmp_path / "other", leave_out=["v"])


def test_another_checkpoint_of_the_map_does_not_matter(tmp_path: Path) -> None:
    other = [NameRow("eval.py", "gone", "x", "variable", "said")]
    assert converted(tmp_path, ["h/w", "h/b", "global_step"], [*MODEL, *other])["h/w"] == "model/w1"


def test_which_checkpoint_of_the_map_is_meant_can_be_said(tmp_path: Path) -> None:
    other = [NameRow("eval.py", "w", "x", "variable", "said")]
    old = write(tmp_path, ["w"])
    done = convert(old, tmp_path / "new", names=[row("w", "y"), *other], checkpoint="eval.py")
    assert places(done.prefix) == {"w": "x"}
    with pytest.raises(CheckpointError, match="more than one fits"):
        convert(old, tmp_path / "new2", names=[row("w", "y"), *other])


def test_a_row_may_give_a_variable_called_save_counter_another_key(tmp_path: Path) -> None:
    old = write(tmp_path, {"save_counter": np.zeros(2, np.float32)})
    done = convert(old, tmp_path / "new-4", names=[row("save_counter", "model/counter")])
    tensors = open_checkpoint(done.prefix).tensors
    assert tensors["model/counter/.ATTRIBUTES/VARIABLE_VALUE"].shape == (2,)
    assert tensors["save_counter/.ATTRIBUTES/VARIABLE_VALUE"].dtype == "int64"


def test_slot_variables_are_transformed_as_their_variable_is(tmp_path: Path) -> None:
    w = np.arange(6, dtype=np.float32).reshape(2, 3)
    old = write(tmp_path, {"w": w, "w/Momentum": w + 10})
    rows = [
        row("w", "model/w", transform="transpose(1,0)"),
        row("*/Momentum*", "model/optimizer", "optimizer"),
    ]
    result = convert(old, tmp_path / "new", names=rows)
    file = open_checkpoint(result.prefix)
    where = places(result.prefix)
    for name, expected in (("w", w.T), ("w/Momentum", w.T + 10)):
        np.testing.assert_array_equal(file.read(where[name] + VALUE_SUFFIX), expected)
    before, after = (checkpoint_inventory(open_checkpoint(each)) for each in (old, result.prefix))
    assert compare(before, after, rows, depth=Depth.VALUES).ok


def test_slots_that_kept_the_shape_of_a_variable_that_did_not_are_found(tmp_path: Path) -> None:
    w = np.arange(6, dtype=np.float32).reshape(2, 3)
    old = write(tmp_path, {"w": w, "w/Momentum": w})
    new = write_objects(
        tmp_path / "new", {"model/w": w.T.copy()}, slots={("model/w", "model/o", "momentum"): w}
    )
    rows = [row("w", "model/w", transform="transpose(1,0)")]
    before, after = (checkpoint_inventory(open_checkpoint(each)) for each in (old, new))
    (failure,) = compare(before, after, rows, depth=Depth.VALUES).failures
    assert (failure.outcome, failure.label) == (Outcome.SHAPE, "w/Momentum")


def test_a_scaled_variable_with_slots_is_refused(tmp_path: Path) -> None:
    old = write(tmp_path, {"w": np.ones(2), "w/Momentum": np.ones(2)})
    rows = [
        row("w", "model/w", transform="scale(2.0)"),
        row("*/Momentum*", "model/optimizer", "optimizer"),
    ]
    with pytest.raises(CheckpointError, match="does to slot variables depends"):
        convert(old, tmp_path / "new", names=rows)
