"""A name map read backwards, after the migrated program has saved: all names are its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.bundles import write_objects
from tests.convert.files import SLOT, row, values
from tf2migrate.checkpoint.convert import convert
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.names import NameRow

SET = row("*", "{name}", "set")


def back(
    folder: Path,
    names: dict[str, str],
    rows: list[NameRow],
    slots: list[tuple[str, str, str]] | None = None,
) -> dict[str, int]:
    """The TF1 names, each with the number of the object (in the order of `names`, then slots).

    Args:
      names: what the program calls the variable of each path.
    """
    number = iter(range(100))
    objects = {path: np.full(2, next(number), np.float32) for path in names}
    of_slots = {slot: np.full(2, next(number), np.float32) for slot in slots or ()}
    old = write_objects(folder / "old", objects, names=names, slots=of_slots)
    new = convert(old, folder / "back", to="tf1", names=rows).prefix
    return {
        name: int(np.frombuffer(value[2], np.float32)[0]) for name, value in values(new).items()
    }


CASES = {
    "a family": (
        {"layers/0/w": "w", "layers/1/w": "w"},
        [row("layer_*/w", "layers/*/w")],
        {"layer_0/w": 0, "layer_1/w": 1},
    ),
    "two stars": (
        {"layers/0/other/b": "b"},
        [row("layer_*/*", "layers/*/other/*")],
        {"layer_0/b": 0},
    ),
    "the family that takes the name first": (
        {"layers/0/w": "w", "layers/0/b": "b"},
        [row("layer_*/w", "layers/*/w"), row("layer_*/*", "layers/*/*")],
        {"layer_0/w": 0, "layer_0/b": 1},
    ),
    "an exact row before a family": (
        {"layers/0/w": "w", "layers/1/w": "w"},
        [row("layer_*/w", "layers/*/w"), row("first/w", "layers/0/w")],
        {"first/w": 0, "layer_1/w": 1},
    ),
    "a dot in a name": (
        {"layers/x..y/w": "w"},
        [row("layer_*/w", "layers/*/w")],
        {"layer_x.y/w": 0},
    ),
    "a set": ({"h.Sw": "mine", "u": "mine"}, [SET], {"h/w": 0, "u": 1}),
    "a set with a pattern": (
        {"h.Sw": "mine", "u": "own"},
        [row("h/*", "{name}", "set")],
        {"h/w": 0, "own": 1},
    ),
    "a row of a set for one variable": (
        {"h.Sw": "mine"},
        [row("h/w", "{name}", "set")],
        {"h/w": 0},
    ),
    "of several names the program's own": (
        {"x1y2y3": "a1y2b3"},
        [row("a*b*", "x*y*")],
        {"a1y2b3": 0},
    ),
    "a family whose key has no star": ({"m/w": "h/w"}, [row("*/w", "m/w")], {"h/w": 0}),
    "two rows that say the same": (
        {"m/w": "mine"},
        [row("w", "m/w"), row("w", "m/w")],
        {"w": 0},
    ),
}


@pytest.mark.parametrize(("names", "rows", "expected"), CASES.values(), ids=CASES)
def test_rows_give_the_names_of_tensorflow_1(
    tmp_path: Path, names: dict[str, str], rows: list[NameRow], expected: dict[str, int]
) -> None:
    assert back(tmp_path, names, rows) == expected


def test_rows_of_slots_and_of_optimizers_give_the_names_of_slot_variables(tmp_path: Path) -> None:
    """Eager mode numbers slot variables through, whosever they are: `w/Adam_2`."""
    rows = [
        row("layer_*/w", "layers/*/w"),
        row("*/Adam*", "o", "optimizer"),
        row("*/mine", f"*{SLOT}other/a", "slot"),
        row("layer_1/w/else", f"layers/1/w{SLOT}other/b", "slot"),
    ]
    slots = [("layers/0/w", "o", "v"), ("layers/0/w", "o", "m"), ("layers/1/w", "other", "a")]
    slots += [("layers/1/w", "other", "b")]
    assert back(tmp_path, {"layers/0/w": "w", "layers/1/w": "w"}, rows, slots) == {
        **{"layer_0/w": 0, "layer_1/w": 1, "layer_0/w/Adam_1": 2, "layer_0/w/Adam": 3},
        **{"layer_1/w/mine": 4, "layer_1/w/else": 5},
    }


def test_a_transform_of_a_family_is_undone(tmp_path: Path) -> None:
    value = np.arange(6, dtype=np.float32).reshape(2, 3)
    old = write_objects(tmp_path / "old", {"layers/0/w": value}, names={"layers/0/w": "w"})
    rows = [row("layer_*/w", "layers/*/w", transform="transpose(1,0)")]
    new = convert(old, tmp_path / "new", to="tf1", names=rows).prefix
    assert values(new) == {"layer_0/w": ("float32", (3, 2), value.T.tobytes())}


def test_variables_that_no_row_names_are_told(tmp_path: Path) -> None:
    old = write_objects(tmp_path / "old", {"m/w": np.ones(2), "m/u": np.ones(2)})
    done = convert(old, tmp_path / "new", to="tf1", names=[row("w", "m/w")])
    assert "no row of the name map names m/u: called as in the program" in done.notes


REFUSED = {
    "two rows for one key": (
        {"m/w": "w"},
        [row("a", "m/w"), row("b", "m/w")],
        [],
        r"two rows name m/w: `a` -> `m/w` and `b` -> `m/w`",
    ),
    "two transforms for one key": (
        {"m/w": "w"},
        [row("a", "m/w"), row("a", "m/w", transform="transpose(0)")],
        [],
        "two rows name m/w",
    ),
    "two families": (
        {"m/w": "w"},
        [row("a*", "m/*"), row("b*", "m/*")],
        [],
        r"give m/w several TF1 names: aw by `a\*` -> `m/\*`; bw by `b\*` -> `m/\*`",
    ),
    "several ways to take out the stars": (
        {"x1y2y3": "w"},
        [row("a*b*", "x*y*")],
        [],
        "several TF1 names: a1y2b3 by .*; a1b2y3 by",
    ),
    "a name with more stars than the key": (
        {"m/w": "w"},
        [row("*/w", "m/w")],
        [],
        "leaves the TF1 name of m/w open",
    ),
    "two families of slots": (
        {"w": "w"},
        [row("*/one", f"*{SLOT}o/s", "slot"), row("*/two", f"*{SLOT}o/s", "slot")],
        [("w", "o", "s")],
        "several TF1 names: w/one by .*; w/two by",
    ),
    "slots in an unknown order": (
        {"w": "w"},
        [row("*/mine*", "o", "optimizer")],
        [("w", "o", "one"), ("w", "o", "two")],
        r"leaves the TF1 name of w/\.OPTIMIZER_SLOT/o/one open: in what order mine",
    ),
    "two optimizers of one name": (
        {"w": "w"},
        [row("*/Adam*", "o", "optimizer"), row("*/Adam*", "p", "optimizer")],
        [("w", "o", "m"), ("w", "p", "m")],
        "o, p are both Adam for its variable",
    ),
}


@pytest.mark.parametrize(("names", "rows", "slots", "message"), REFUSED.values(), ids=REFUSED)
def test_what_rows_leave_open_is_refused(
    tmp_path: Path,
    names: dict[str, str],
    rows: list[NameRow],
    slots: list[tuple[str, str, str]],
    message: str,
) -> None:
    with pytest.raises(CheckpointError, match=message):
        back(tmp_path, names, rows, slots)
