"""The whole run over small projects, with one toy rule and a toy rewriter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tf2migrate import pipeline
from tf2migrate.config import Config
from tf2migrate.files import render as rendering
from tf2migrate.index.project import Project
from tf2migrate.model.edit import Edit, Replace
from tf2migrate.model.facts import FileFacts
from tf2migrate.model.finding import Finding, Safety
from tf2migrate.model.span import Span
from tf2migrate.pipeline import Outcome, WriteError, analyse, apply, migrate_tree, render
from tf2migrate.rules.base import Rule
from tf2migrate.syntax.facts import collect
from tf2migrate.syntax.source import Source

OLD = "import tensorflow as tf\nx = tf.old\n"
NEW = OLD.replace("old", "new")
PAIR = "import tensorflow as tf\nx = tf.pair\n"


def toy(project: Project) -> Iterator[Finding]:
    """`tf.old` becomes `tf.new`; all `tf.pair` of a project become `tf.both` together."""
    for path, file in project.files.items():
        for word, new in ((b"tf.old", "tf.new"), (b"tf.pair", "tf.both"), (b"tf.euro", "'€'")):
            start = file.facts.text.find(word)
            if start >= 0:
                span = Span(start, start + len(word))
                edits = (Replace(path, span, new),)
                group = "pair" if new == "tf.both" else None
                place = file.facts.place(span)
                yield Finding("TFM101", place, "old", Safety.SAFE, edits, group=group)


def toy_rewrite(text: bytes, edits: Sequence[Edit], newline: str) -> bytes:
    assert newline in ("\n", "\r\n", "\r")
    for edit in sorted(edits, key=lambda edit: -edit.span.start):  # type: ignore[union-attr]
        assert isinstance(edit, Replace)
        if b"# poison" in text and "both" in edit.code:
            raise ValueError("poisoned")
        text = text[: edit.span.start] + edit.code.encode() + text[edit.span.end :]
    return text


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "RULES", (Rule({"TFM101": "old"}, "", toy),))
    monkeypatch.setattr(rendering, "_rewrite", toy_rewrite)


def make(root: Path, **files: str | bytes) -> None:
    for name, content in files.items():
        path = root / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def run(root: Path, *paths: str, config: Config | None = None) -> Outcome:
    return analyse(root, [root / path for path in paths or (".",)], config or Config())


def statuses(outcome: Outcome) -> dict[str, str]:
    return {record.path: record.status for record in outcome.plan.files}


def codes(outcome: Outcome) -> list[tuple[str, str]]:
    return [(each.place.path, each.code) for each in outcome.plan.findings]


def test_a_project_without_tensorflow_is_left_alone(tmp_path: Path) -> None:
    make(tmp_path, a="import os\n", bad="x = (\n")
    outcome = run(tmp_path)
    assert statuses(outcome) == {"a.py": "no-tensorflow", "bad.py": "no-tensorflow"}
    assert codes(outcome) == []
    assert render(outcome).files == {}


def test_an_empty_project_is_no_failure(tmp_path: Path) -> None:
    outcome = run(tmp_path)
    assert (outcome.plan.files, outcome.failed) == ((), False)


def test_what_cannot_be_analysed_is_reported_and_stops_nothing(tmp_path: Path) -> None:
    make(
        tmp_path, good=OLD, broken="import tensorflow\nx = (\n", old="import tensorflow\nprint 1\n"
    )
    make(tmp_path, bytes="import tensorflow\n'é'\n".encode("latin-1"))
    make(tmp_path, made="# @generated\nimport tensorflow as tf\nx = tf.old\n", other="import os\n")
    outcome = run(tmp_path)
    assert codes(outcome) == [
        ("broken.py", "TFM901"),
        ("bytes.py", "TFM903"),
        ("good.py", "TFM101"),
        ("old.py", "TFM902"),
    ]
    assert statuses(outcome) == {
        "broken.py": "unreadable",
        "bytes.py": "unreadable",
        "good.py": "analysed",
        "made.py": "generated",
        "old.py": "unreadable",
        "other.py": "no-tensorflow",
    }
    assert not outcome.failed
    assert render(outcome).files == {"good.py": NEW.encode()}


def test_a_failure_of_the_tool_is_a_finding_and_the_others_proceed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, a=OLD, b=OLD)

    def failing(source: Source) -> FileFacts:
        if source.path == "a.py":
            raise RecursionError
        return collect(source)

    monkeypatch.setattr("tf2migrate.files.gather.collect", failing)
    outcome = run(tmp_path)
    assert codes(outcome) == [("a.py", "TFM909"), ("b.py", "TFM101")]
    assert outcome.failed
    assert list(render(outcome).files) == ["b.py"]


def test_paths_limit_the_report_and_not_the_analysis(tmp_path: Path) -> None:
    make(tmp_path, a=OLD, p__b=OLD, p__c="import tensorflow\nx = (\n", d="print 1\nimport tf\n")
    outcome = run(tmp_path, "p")
    assert codes(outcome) == [("p/b.py", "TFM101"), ("p/c.py", "TFM901")]
    assert statuses(outcome)["a.py"] == "analysed"
    assert list(render(outcome).files) == ["p/b.py"]


def test_what_needs_a_file_outside_the_paths_is_reported_and_not_applied(tmp_path: Path) -> None:
    make(tmp_path, a=PAIR, b=PAIR)
    outcome = run(tmp_path, "a.py")
    assert render(outcome).files == {}
    (finding,) = outcome.plan.findings
    assert "together with TFM101 at b.py:2" in finding.message
    assert "it is outside the given paths" in finding.message
    assert sorted(render(run(tmp_path, "a.py", "b.py")).files) == ["a.py", "b.py"]


def test_an_ignored_file_given_by_name_is_analysed(tmp_path: Path) -> None:
    make(tmp_path, a=OLD, gen=OLD)
    config = Config(exclude=("gen.py",))
    assert codes(run(tmp_path, config=config)) == [("a.py", "TFM101")]
    assert codes(run(tmp_path, "gen.py", config=config)) == [("gen.py", "TFM101")]


def test_a_missing_path_is_reported(tmp_path: Path) -> None:
    make(tmp_path, a=OLD)
    assert codes(run(tmp_path, "none.py")) == [("none.py", "TFM903")]


def test_overrides_replace_and_add_files(tmp_path: Path) -> None:
    make(tmp_path, a="import tensorflow\n", b=OLD)
    overrides = {"a.py": OLD.encode(), "new.py": OLD.encode()}
    paths = [tmp_path / "a.py", tmp_path / "new.py"]
    outcome = analyse(tmp_path, paths, Config(), overrides=overrides)
    assert codes(outcome) == [("a.py", "TFM101"), ("new.py", "TFM101")]
    assert render(outcome).files == dict.fromkeys(overrides, NEW.encode())


def test_processes_and_cache_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("tf2migrate.files.gather._WORTH_A_PROCESS", 0)
    root = tmp_path / "root"
    make(root, a=OLD, b=PAIR, c="import tensorflow\nprint 1\n")
    expected = run(root).plan
    for _ in range(2):
        assert analyse(root, [root], Config(), jobs=2, cache=True).plan == expected


def test_bytes_that_no_edit_touches_stay(tmp_path: Path) -> None:
    raw = b"\xef\xbb\xbfimport tensorflow as tf\r\nx = tf.old ;\r\r\n\x0cy = 1"
    latin = "# coding: latin-1\nimport tensorflow as tf\ns = 'é', tf.old".encode("latin-1")
    make(tmp_path, a=raw, b=latin)
    files = render(run(tmp_path)).files
    assert files == {"a.py": raw.replace(b"old", b"new"), "b.py": latin.replace(b"old", b"new")}


def test_a_rewrite_that_fails_is_taken_back_in_every_file(tmp_path: Path) -> None:
    make(tmp_path, a=PAIR + "y = tf.old\n", b=PAIR + "# poison\ny = tf.old\n")
    outcome = run(tmp_path)
    rendered = render(outcome)
    assert rendered.files["a.py"].decode() == PAIR + "y = tf.new\n"
    assert b"tf.pair" in rendered.files["b.py"]
    assert b"tf.new" in rendered.files["b.py"]
    found = [(each.place.path, each.code) for each in rendered.plan.findings]
    assert found.count(("b.py", "TFM906")) == 1
    assert len(rendered.plan.applied) == 2
    messages = [each.message for each in rendered.plan.findings if "not applied" in each.message]
    assert len(messages) == 2
    assert all("poisoned" in message for message in messages)


def test_of_two_edits_that_the_rewriter_does_not_take_together_the_first_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def picky(text: bytes, edits: Sequence[Edit], newline: str) -> bytes:
        if len(edits) > 1:
            raise ValueError("only one")
        return toy_rewrite(text, edits, newline)

    monkeypatch.setattr(rendering, "_rewrite", picky)
    make(tmp_path, a=OLD + "y = tf.pair\n")
    rendered = render(run(tmp_path))
    assert rendered.files["a.py"].decode() == NEW + "y = tf.pair\n"
    assert [each.code for each in rendered.plan.remaining()] == ["TFM101", "TFM906"]


def test_a_character_that_the_encoding_lacks_is_not_written(tmp_path: Path) -> None:
    make(tmp_path, a="# coding: latin-1\nimport tensorflow as tf\nx = tf.euro\n")
    rendered = render(run(tmp_path))
    assert rendered.files == {}
    assert "does not fit the encoding" in rendered.plan.findings[0].message


def test_apply_writes_and_the_next_run_changes_nothing(tmp_path: Path) -> None:
    make(tmp_path, a=OLD, b="import tensorflow\n")
    outcome = run(tmp_path)
    assert apply(tmp_path, render(outcome).files, outcome.plan.files) == ("a.py",)
    assert (tmp_path / "a.py").read_text() == NEW
    assert render(run(tmp_path)).files == {}


def test_apply_refuses_when_a_file_has_changed(tmp_path: Path) -> None:
    make(tmp_path, a=OLD, b=OLD)
    outcome = run(tmp_path)
    make(tmp_path, b=OLD + "# edited\n")
    with pytest.raises(WriteError, match=r"b\.py: the file has changed"):
        apply(tmp_path, render(outcome).files, outcome.plan.files)
    assert (tmp_path / "a.py").read_text() == OLD


def test_a_link_is_processed_once_and_stays(tmp_path: Path) -> None:
    make(tmp_path, real__a=OLD)
    (tmp_path / "link.py").symlink_to("real/a.py")
    outcome = run(tmp_path)
    assert apply(tmp_path, render(outcome).files, outcome.plan.files) == ("real/a.py",)
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "link.py").read_text() == NEW


def test_migrate_tree_gives_every_file(tmp_path: Path) -> None:
    make(tmp_path, a=OLD, b="import os\n", c="x = (\n")
    assert migrate_tree(tmp_path) == {
        "a.py": NEW.encode(),
        "b.py": b"import os\n",
        "c.py": b"x = (\n",
    }
