"""`tf2migrate checkpoint show` and `diff`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.bundles import BundleWriter, strings, write_bundle, write_objects
from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY, Attribute, Node, ObjectGraph
from tf2migrate.model.comparison import Outcome
from tf2migrate.model.inventory import Kind

from .checkpoints import tf1_values, write_tf1, write_tf2
from .conftest import Run


def test_a_name_based_checkpoint_is_a_table(project: Path, run: Run) -> None:
    write_tf1(project / "model.ckpt")
    lines = run("checkpoint", "show", "model.ckpt").out.splitlines()
    assert lines[0].split() == ["Shape", "Dtype", "Size", "Kind", "Name"]
    assert lines[1] == "[]     float32   4 B  optimizer state   beta1_power"
    assert "[3,2]  float32  24 B  slot variable     net/w/Adam_1" in lines
    assert lines[-3:] == [
        "model.ckpt: TF1 checkpoint, V2 format, 1 data file",
        "10 variables, 120 B",
        "  weight: 2, moving statistic: 1, slot variable: 4, optimizer state: 2, step: 1",
    ]


def test_an_object_based_checkpoint_is_a_tree_with_slots_below_their_variables(
    project: Path, run: Run
) -> None:
    write_tf2(project / "ckpt")
    assert run("checkpoint", "show", "ckpt").out.splitlines()[:17] == [
        "ckpt",
        "├─ model",
        "│  ├─ w  float32 [3,2]  24 B  weight  (net/w)",
        "│  │  ├─ slot m of optimizer  float32 [3,2]  24 B  (net/w/m)",
        "│  │  └─ slot v of optimizer  float32 [3,2]  24 B  (net/w/v)",
        "│  ├─ b  float32 [2]  8 B  weight  (net/b)",
        "│  │  ├─ slot m of optimizer  float32 [2]  8 B  (net/b/m)",
        "│  │  └─ slot v of optimizer  float32 [2]  8 B  (net/b/v)",
        "│  └─ bn",
        "│     └─ mean  float32 [2]  8 B  moving statistic  (net/bn/moving_mean)",
        "├─ step  int64 []  8 B  step  (global_step)",
        "└─ optimizer  has 4 slot variables",
        "   ├─ beta1_power  float32 []  4 B  optimizer state  (beta1_power)",
        "   └─ beta2_power  float32 []  4 B  optimizer state  (beta2_power)",
        "",
        "ckpt: TF2 checkpoint, V2 format, 1 data file",
        "10 variables, 120 B",
    ]
    table = run("checkpoint", "show", "--table", "ckpt").out
    assert "24 B  slot variable     model/w/.OPTIMIZER_SLOT/optimizer/m  (net/w/m)" in table


def test_an_object_that_is_reached_twice_is_shown_once(project: Path, run: Run) -> None:
    write_objects(project / "ckpt", {"a/w": np.zeros(2)}, aliases={"b": "a", "a/parent": "a"})
    lines = run("checkpoint", "show", "ckpt").out.splitlines()
    assert "│  └─ parent  = a" in lines
    assert "└─ b  = a" in lines


def test_an_object_is_shown_in_full_at_its_shortest_path(project: Path, run: Run) -> None:
    write_objects(project / "ckpt", {"a/b/w": np.zeros(2, "f")}, aliases={"z": "a/b/w"})
    lines = run("checkpoint", "show", "ckpt").out.splitlines()
    assert "│     └─ w  = z  float32 [2]" in lines
    assert "└─ z  float32 [2]  8 B  weight  (a/b/w)" in lines


def test_values_of_objects_that_are_no_variables_are_shown(project: Path, run: Run) -> None:
    table = Attribute("table", "table", "t/.ATTRIBUTES/table")
    lost = Attribute("STATE", "", "t/.ATTRIBUTES/STATE")
    graph = ObjectGraph([Node({"t": 1}), Node(attributes=[table, lost])])
    values: dict[str, Any] = {
        "t/.ATTRIBUTES/table-keys": strings([b"a", b"b"]),
        "t/.ATTRIBUTES/table-values": np.array([1, 2]),
        OBJECT_GRAPH_KEY: strings([graph.serialise()], ()),
    }
    write_bundle(project / "ckpt", values)
    assert run("checkpoint", "show", "ckpt").out.splitlines()[1:5] == [
        "└─ t",
        "   ├─ .table-keys  string [2]  8 B  table",
        "   ├─ .table-values  int64 [2]  16 B  table",
        "   └─ .STATE  not in this file",
    ]


def test_a_long_chain_of_objects_is_shown(project: Path, run: Run) -> None:
    path = "/".join(["next"] * 3000)
    write_objects(project / "ckpt", {f"{path}/w": np.zeros(2)})
    result = run("checkpoint", "show", "ckpt")
    assert result.status == 0
    assert "└─ w  float64 [2]  16 B  weight" in result.out.splitlines()[3001]


def test_values_are_summed_up(project: Path, run: Run) -> None:
    values: dict[str, Any] = {
        "a": np.array([1.0, 2.0, 6.0], "f"),
        "b": np.array([np.nan, 1.0, np.inf]),
        "c": np.array([3, 2**40]),
        "n": np.array([np.nan]),
    }
    write_bundle(project / "c", {**values, "t": strings([b"x"]), "z": np.array([1j])})
    out = run("checkpoint", "show", "--values", "c").out
    assert " ".join(out.splitlines()[0].split()) == "Shape Dtype Size Kind Lowest Highest Mean Name"
    rows = {line.split()[-1]: line.split()[5:-1] for line in out.splitlines()[1:7]}
    assert rows["a"] == ["1", "6", "3"]
    assert rows["b"] == ["1", "1", "2", "not", "finite,", "1"]
    assert rows["c"] == ["3", str(2**40), "5.498e+11"]
    assert rows["n"] == ["1", "not", "finite"]
    assert rows["t"] == rows["z"] == []


def test_show_json_has_every_fact(project: Path, run: Run) -> None:
    write_tf2(project / "ckpt")
    document = json.loads(run("checkpoint", "show", "--format", "json", "--values", "ckpt").out)
    assert document["format"] == "tf2migrate-inventory/1"
    assert (document["source"], document["file_format"]) == ("TF2 checkpoint", "V2")
    rows = {row["path"]: row for row in document["variables"]}
    slot = rows["model/w/.OPTIMIZER_SLOT/optimizer/v"]
    assert slot["slot"] == {
        "variable": "model/w/.ATTRIBUTES/VARIABLE_VALUE",
        "slot": "v",
        "optimizer": "optimizer",
    }
    assert (slot["kind"], slot["bytes"], slot["shape"]) == ("slot variable", 24, [3, 2])
    assert rows["step"]["values"] == {"lowest": 7, "highest": 7, "mean": 7.0, "not_finite": 0}
    assert document["objects"][0]["children"].keys() == {"model", "step", "optimizer"}


def test_a_partitioned_variable_is_one_row(project: Path, run: Run) -> None:
    writer = BundleWriter(project / "c")
    writer.add_parts("emb", np.zeros((7, 2), "f"), 3)
    writer.close()
    assert "[7,2]  float32  56 B  weight  emb  [3 parts]" in run("checkpoint", "show", "c").out


def test_equal_files_have_no_diff(project: Path, run: Run) -> None:
    write_tf1(project / "a")
    write_tf1(project / "b")
    result = run("checkpoint", "diff", "a", "b")
    assert (result.status, result.out) == (0, "10 variables equal.\n")


def changed() -> dict[str, Any]:
    values = tf1_values()
    del values["beta1_power"]
    values["beta3_power"] = np.array(1.0, "f")
    values["net/w"] = values["net/w"].T
    values["net/b"] = values["net/b"].astype("f8")
    values["global_step"] = np.array(9, "i8")
    return values


def test_a_diff_has_a_line_for_each_difference(project: Path, run: Run) -> None:
    write_tf1(project / "a")
    write_tf1(project / "b", changed())
    result = run("checkpoint", "diff", "a", "b")
    assert result.status == 1
    assert result.out.splitlines() == [
        "--- a",
        "+++ b",
        "- beta1_power  float32 []",
        "+ beta3_power  float32 []",
        "~ global_step  value: 1 of 1 elements differ, by 2 at most",
        "~ net/b        dtype float32 -> float64",
        "~ net/w        shape [3,2] -> [2,3]",
        "6 variables equal; 1 only in the first, 1 only in the second, 1 of another shape,"
        " 1 of another dtype, 1 of another value.",
    ]


def test_a_diff_by_checksums_reads_no_value(project: Path, run: Run) -> None:
    write_tf1(project / "a")
    write_tf1(project / "b", changed())
    for data in project.glob("*.data-*"):
        data.write_bytes(b"\0" * data.stat().st_size)
    result = run("checkpoint", "diff", "--checksums", "a", "b")
    assert result.status == 1
    assert "~ global_step  value: the checksums differ\n" in result.out
    assert run("checkpoint", "diff", "a", "b").status == 2


def test_a_partitioned_variable_is_compared_with_a_whole_one(project: Path, run: Run) -> None:
    value = np.arange(14, dtype="f").reshape(7, 2)
    for name, parts in (("a", 3), ("b", 3), ("c", 2)):
        writer = BundleWriter(project / name)
        writer.add_parts("emb", value, parts)
        writer.close()
    write_bundle(project / "d", {"emb": value})
    write_bundle(project / "e", {"emb": value + 1})
    for other in "bcd":
        assert run("checkpoint", "diff", "a", other).out == "1 variable equal.\n"
    assert "14 of 14 elements differ, by 1 at most" in run("checkpoint", "diff", "a", "e").out


def test_a_diff_tells_of_objects_too(project: Path, run: Run) -> None:
    values = {"a/w": np.zeros(2), "a/v": np.zeros(2)}
    write_objects(project / "a", values, names={"a/w": "w"}, aliases={"b": "a"})
    write_objects(project / "b", values, names={"a/w": "x"}, aliases={"a/c": "a/w"})
    result = run("checkpoint", "diff", "a", "b")
    assert result.status == 1
    assert result.out.splitlines()[2:] == [
        "+ object a/c: the same object as a/w",
        "- object a/w: called w",
        "+ object a/w: called x",
        "- object b: the same object as a",
        "2 variables equal; 3 objects told of differently.",
    ]
    document = json.loads(run("checkpoint", "diff", "--format", "json", "a", "b").out)
    assert document["objects"][1] == {"path": "a/w", "before": "called w", "after": "called x"}


def test_slots_that_belong_to_another_variable_differ(project: Path, run: Run) -> None:
    values = {"a": np.zeros(2), "b": np.zeros(2), "o/step": np.zeros(())}
    for name, slots in (("1", "ab"), ("2", "ba")):
        found = {(variable, "o", "m"): np.zeros(2) for variable in slots}
        write_objects(project / name, values, slots=found)
    assert run("checkpoint", "diff", "1", "2").status == 0
    write_objects(project / "3", values, slots={("a", "o", "m"): np.zeros(2)})
    out = run("checkpoint", "diff", "1", "3").out
    assert "- b/.OPTIMIZER_SLOT/o/m  (b/m)  float64 [2]" in out


def test_json_of_a_diff_is_that_of_verify(project: Path, run: Run) -> None:
    write_tf1(project / "a")
    write_tf1(project / "b", changed())
    result = run("checkpoint", "diff", "--format", "json", "a", "b")
    document = json.loads(result.out)
    assert (result.status, document["format"]) == (1, "tf2migrate-comparison/1")
    assert [each["outcome"] for each in document["entries"] if not each["ok"]] == [
        *("missing", "unexpected", "value", "dtype", "shape")
    ]


@pytest.mark.parametrize("arguments", [["show"], ["diff", "a"], ["shwo"], ["show", "a", "b"]])
def test_wrong_use(project: Path, run: Run, arguments: list[str]) -> None:
    assert project.is_dir()
    assert run("checkpoint", *arguments).status == 2


@pytest.mark.parametrize("command", ["show", "diff", "convert"])
def test_the_help_of_each_command_has_examples_and_statuses(run: Run, command: str) -> None:
    result = run("checkpoint", command, "--help")
    assert result.status == 0
    assert f"tf2migrate checkpoint {command}" in result.out
    assert "Exit status:" in result.out


def keys_of(document: Any) -> set[str]:
    """All keys of a document; those of maps by name (children, counts, tolerance) are no keys."""
    if isinstance(document, list):
        return set().union(*map(keys_of, document))
    if not isinstance(document, dict):
        return set()
    below = (value for key, value in document.items() if key not in BY_NAME)
    return set(document).union(*map(keys_of, below))


BY_NAME = {"children", "counts", "tolerance"}
DOCS = Path(__file__).resolve().parents[2] / "docs" / "checkpoint-json.md"


def test_every_key_of_every_document_is_described(project: Path, run: Run) -> None:
    write_tf1(project / "a")
    write_tf2(project / "b")
    write_objects(project / "c", {"x": np.zeros(2)})
    described = DOCS.read_text(encoding="utf-8")
    assert all(f"`{value.value}`" in described for value in (*Outcome, *Kind))
    for arguments in (
        ["checkpoint", "show", "--values", "b"],
        ["checkpoint", "diff", "b", "c"],
        ["verify", "--old", "a", "--new", "b"],
        ["checkpoint", "convert", "a", "d"],
    ):
        document = json.loads(run(*arguments, "--format", "json").out)
        assert f"## `{document['format']}`" in described
        for key in keys_of(document):
            assert f"`{key}`" in described, (arguments, key)
