"""Inventories from recordings that were made under TensorFlow 1.15.5."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.programs import harness
from tests.recorder import recordings
from tf2migrate.checkpoint.recording import origins, recording_inventory
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Kind, SlotOf, Source, VariableRow
from tf2migrate.model.names_json import parse_names


def path_of(name: str) -> Path:
    return recordings.FOLDER / f"{name}.json"


def rows(name: str, **which: Any) -> dict[str, VariableRow]:
    return recording_inventory(path_of(name), **which).by_key()


def saved_checkpoints() -> list[tuple[str, int, str]]:
    """Recording, Saver and prefix of each recorded checkpoint whose variables are known."""
    found = []
    for name, run in recordings.FIXTURES.items():
        golden = harness.load_recording(run.source.parent / "golden" / "tf1.json")
        for number, saver in enumerate(recordings.committed(name)["savers"]):
            paths = {save[key] for save in saver["saves"] for key in ("first", "last")}
            found += [
                (name, number, checkpoint["prefix"])
                for checkpoint in golden["checkpoints"]
                if checkpoint["run"] == run.recorded and checkpoint["prefix"] in paths
            ]
    return found


def test_there_are_checkpoints_to_compare_with() -> None:
    programs = {recordings.FIXTURES[name].source for name, _, _ in saved_checkpoints()}
    assert programs == {run.source for run in recordings.FIXTURES.values()}


@pytest.mark.parametrize(("name", "saver", "prefix"), saved_checkpoints())
def test_a_savers_inventory_is_that_of_its_checkpoint(name: str, saver: int, prefix: str) -> None:
    run = recordings.FIXTURES[name]
    golden = harness.load_recording(run.source.parent / "golden" / "tf1.json")
    (variables,) = (
        checkpoint["variables"]
        for checkpoint in golden["checkpoints"]
        if (checkpoint["run"], checkpoint["prefix"]) == (run.recorded, prefix)
    )
    found = rows(name, saver=saver)
    assert {key: (row.dtype, list(row.shape or ())) for key, row in found.items()} == {
        key: (value["dtype"], value["shape"]) for key, value in variables.items()
    }


def test_rows_say_what_only_the_program_knows() -> None:
    inventory = recording_inventory(path_of("batch_norm"))
    assert inventory.source is Source.RECORDING
    assert inventory.values is None
    found = inventory.by_key()
    assert found["block1/batch_normalization/gamma"] == VariableRow(
        key="block1/batch_normalization/gamma",
        name="block1/batch_normalization/gamma",
        shape=(8,),
        dtype="float32",
        trainable=True,
        collections=("trainable_variables", "variables"),
        origin="model.py:9",
    )
    statistic = found["block1/batch_normalization/moving_mean"]
    assert (statistic.kind, statistic.trainable) == (Kind.MOVING_STATISTIC, False)
    assert found["global_step"].kind is Kind.STEP
    assert found["beta1_power"].kind is Kind.OPTIMIZER
    slot = found["block1/dense/kernel/Adam_1"]
    assert slot.kind is Kind.SLOT
    assert slot.slot == SlotOf("block1/dense/kernel", "v", "Adam")


def test_shadows_belong_to_their_variables() -> None:
    shadow = rows("ema")["layer1/weights/ExponentialMovingAverage"]
    assert shadow.kind is Kind.AVERAGE
    assert shadow.slot == SlotOf("layer1/weights", "0", "ExponentialMovingAverage")
    assert shadow.trainable is False


def test_a_saver_of_shadows_has_their_keys_and_the_variables_places() -> None:
    found = rows("ema_eval", saver=0)
    assert set(found) == {
        f"layer{layer}/{name}/ExponentialMovingAverage"
        for layer in (1, 2)
        for name in ("weights", "biases")
    }
    assert found["layer1/weights/ExponentialMovingAverage"].origin == "model.py:17"


def test_partitions_are_one_row_and_tables_two() -> None:
    found = rows("partitions_and_tables")
    assert (found["p/emb"].shape, found["p/emb"].partitions) == ((7, 2), 3)
    assert found["p/emb/Adam"].slot == SlotOf("p/emb", "m", "Adam")
    assert (found["p/emb/Adam"].shape, found["p/emb/Adam"].partitions) == ((7, 2), 3)
    tables = {key: row.dtype for key, row in found.items() if row.kind is Kind.TABLE}
    assert tables == {"words-keys": "int64", "words-values": "int64"}
    assert found["whole/avg"].slot == SlotOf("whole", "0", "ExponentialMovingAverage")
    assert (found["Sum/avg"].kind, found["Sum/avg"].slot) == (Kind.AVERAGE, None)
    assert found["Sum/avg/biased"].slot == SlotOf("Sum/avg", "biased", "ExponentialMovingAverage")
    everything = rows("partitions_and_tables", saver="partitions_and_tables.py")
    assert set(everything) == set(found)


def test_optimizers_of_keras_say_what_their_variables_are() -> None:
    found = rows("keras_model")
    slot = found["training/Adam/dense/kernel/v"]
    assert (slot.kind, slot.slot) == (Kind.SLOT, SlotOf("dense/kernel", "v", "Adam"))
    state = {key for key, row in found.items() if row.kind is Kind.OPTIMIZER}
    names = ("beta_1", "beta_2", "decay", "iter", "learning_rate")
    assert state == {f"training/Adam/{name}" for name in names}
    assert found["dense/kernel"].origin == "keras_model.py:6"


def test_what_is_made_eagerly_is_in_no_collection(tmp_path: Path) -> None:
    document = recordings.committed("regression_script")
    document["graphs"] = [{"eager": True, "snapshots": [], "final": None}]
    document["savers"] = []
    found = recording_inventory(written(tmp_path, document)).by_key()
    assert set(found) == set(rows("regression_script"))
    assert found["Variable"].collections == ()


def test_slots_of_two_optimizers_of_one_name_are_told_apart(tmp_path: Path) -> None:
    document = recordings.committed("regression_script")
    second = copy.deepcopy(document["optimizers"][0])
    second["slots"] = {"m": [["Variable", "Variable/Adam_1"]]}
    document["optimizers"][0]["slots"]["v"] = []
    document["optimizers"].append(second)
    found = recording_inventory(written(tmp_path, document)).by_key()
    assert found["Variable/Adam"].slot == SlotOf("Variable", "m", "Adam")
    assert found["Variable/Adam_1"].slot == SlotOf("Variable", "m", "Adam (2)")


def test_what_is_trained_is_no_slot_although_it_is_called_like_one(tmp_path: Path) -> None:
    document = recordings.committed("regression_script")
    document["optimizers"] = []
    by_name = recording_inventory(written(tmp_path, document)).by_key()["Variable/Adam"]
    assert by_name.slot == SlotOf("Variable", "0", "Adam")
    for row in document["variables"]:
        row["trainable"] = True
    found = recording_inventory(written(tmp_path, document)).by_key()
    assert found["Variable/Adam"].kind is Kind.WEIGHT


def test_an_old_tensorflow_tells_by_its_collection_what_is_trained(tmp_path: Path) -> None:
    document = recordings.committed("regression_script")
    for row in document["variables"]:
        row["trainable"] = None
    found = recording_inventory(written(tmp_path, document)).by_key()
    assert (found["Variable"].trainable, found["global_step"].trainable) == (True, False)


# Which Saver, which graph


@pytest.mark.parametrize(
    ("name", "saver", "keys"),
    [
        ("two_savers", 1, {"enc/w", "enc/b"}),
        ("two_savers", "train.py:26", {"enc/w", "enc/b"}),
        ("two_savers_encode", "encode.py", {"enc/w", "enc/b"}),
        ("two_savers_encode", "encode.py:10", {"enc/w", "enc/b"}),
        ("graphs_and_savers", 1, {"other/w"}),
        ("graphs_and_savers", "graphs_and_savers.py:__init__", {"b"}),
        ("graphs_and_savers", 4, {"w", "b", "late"}),
        ("graphs_and_savers", "4", {"w", "b", "late"}),
    ],
)
def test_a_saver_is_chosen_by_number_or_place(name: str, saver: str | int, keys: set[str]) -> None:
    assert set(rows(name, saver=saver)) == keys


def test_a_graph_is_chosen_by_number() -> None:
    found = rows("graphs_and_savers", graph=1)
    assert {key: row.shape for key, row in found.items()} == {"w": (3,), "b": ()}


@pytest.mark.parametrize(
    ("name", "which", "words"),
    [
        ("graphs_and_savers", {}, "several graphs have global variables"),
        ("graphs_and_savers", {}, r"by number or place \(--checkpoint\): 0 \(\S+:\d+, \d+ var"),
        ("graphs_and_savers", {"graph": 9}, "it has no graph 9"),
        ("graphs_and_savers", {"saver": 9}, "it has no Saver 9"),
        ("graphs_and_savers", {"saver": "a.py"}, "it has no Saver a.py"),
        ("graphs_and_savers", {"saver": 0, "graph": 2}, "it has no Saver 0"),
        ("two_savers", {"saver": "train.py:main"}, "several Savers of train.py:main, which differ"),
    ],
)
def test_what_is_not_clear_is_refused(name: str, which: dict[str, Any], words: str) -> None:
    with pytest.raises(CheckpointError, match=words):
        recording_inventory(path_of(name), **which)


# Places


@pytest.mark.parametrize("name", ["regression_script", "class_model"])
def test_the_name_map_and_the_recording_tell_the_same_places(name: str) -> None:
    data = (harness.PROGRAMS / name / "names.json").read_bytes()
    told = {row.tf1: row.at for row in parse_names(data) if row.at}
    assert told
    known = origins(path_of(name))
    assert {tf1: known[tf1] for tf1 in told} == told


def test_places_that_differ_between_graphs_are_left_out() -> None:
    known = origins(path_of("graphs_and_savers"))
    assert "w" not in known
    assert origins(path_of("graphs_and_savers"), graph=0)["w"] == "graphs_and_savers.py:19"
    assert origins(path_of("partitions_and_tables"))["p/emb"] == "partitions_and_tables.py:10"


# Malformed files


def written(folder: Path, document: object) -> Path:
    path = folder / "recording.json"
    path.write_text(json.dumps(document))
    return path


def _set(value: object, *keys: str | int) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for key in keys[:-1]:
            document = document[key]
        document[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_set("tf2migrate-recording/9", "format"), "its format is not"),
        (_set({}, "variables"), "document.variables is not a list"),
        (_set(3, "variables", 1), r"variables\[1\] is not an object"),
        (_set(3, "variables", 1, "name"), r"variables\[1\].name is not a string"),
        (_set(1, "variables", 0, "graph"), r"variables\[0\].graph is not an index below 1"),
        (_set(True, "variables", 0, "graph"), r"variables\[0\].graph is not an index"),
        (_set([-1], "variables", 0, "shape"), r"variables\[0\].shape is not a list of sizes"),
        (_set([["a", "b", 1]], "variables", 0, "stack"), r"stack\[0\] is not a place"),
        (_set([], "variables", 0, "partition"), r"variables\[0\].partition is not an object"),
        (_set([["a"]], "savers", 0, "variables"), r"savers\[0\].variables is not a list of pairs"),
        (_set(5, "savers", 0, "collections"), r"savers\[0\].collections is not an index below 1"),
        (_set("x", "savers", 0, "place"), r"savers\[0\].place is not a place"),
        (_set([], "optimizers", 0, "slots"), r"optimizers\[0\].slots is not an object"),
        (_set([1], "graphs", 0, "snapshots"), r"graphs\[0\].snapshots is not an object"),
        (_set({"v": [1]}, "graphs", 0, "snapshots", 0), "snapshots.v is not a list of strings"),
        (_set([], "variables"), "it says nothing of Variable"),
        (_set([["k", "Variable"], ["k", "Variable_1"]], "savers", 0, "variables"), "saved as k"),
        (_set(None, "savers", 0, "variables"), "was never built"),
    ],
)
def test_a_malformed_recording_is_explained(
    change: Callable[[Any], None], words: str, tmp_path: Path
) -> None:
    document = recordings.committed("regression_script")
    change(document)
    path = written(tmp_path, document)
    with pytest.raises(CheckpointError, match=words) as error:
        recording_inventory(path, saver=0)
    assert error.value.where == str(path)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[]", "its format is not"),
    ],
)
def test_another_file_is_no_recording(data: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "recording.json"
    path.write_bytes(data)
    with pytest.raises(CheckpointError, match=words):
        recording_inventory(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be read: No such file"):
        recording_inventory(tmp_path / "r.json")


def test_reading_a_recording_imports_no_numpy() -> None:
    code = (
        "import sys; from tf2migrate.checkpoint.recording import recording_inventory as r;"
        f" r({str(path_of('ema'))!r}); print('numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=recordings.ROOT,
    )
    assert done.stdout == "False\n"
