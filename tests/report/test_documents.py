"""SARIF, JSON, GitHub annotations, the name map, the rule documentation."""

from __future__ import annotations

import dataclasses
import json

import pytest

from tf2migrate.model.names import NameRow
from tf2migrate.model.names_json import NamesError, merged, names_json, parse_names
from tf2migrate.model.plan import Plan
from tf2migrate.report.catalogue import Catalogue
from tf2migrate.report.github import github
from tf2migrate.report.json import findings_json
from tf2migrate.report.markdown import rules_markdown
from tf2migrate.report.sarif import sarif
from tf2migrate.report.statistics import count, summarise


def row(checkpoint: str, name: str = "w") -> NameRow:
    return NameRow(checkpoint, name, name, "variable", "é")


def test_a_plan_without_findings_gives_documents_without_results(
    empty: Plan, catalogue: Catalogue
) -> None:
    assert github(empty, catalogue) == ""
    assert json.loads(sarif(empty, catalogue, "1"))["runs"][0]["results"] == []
    assert json.loads(findings_json(empty, catalogue))["summary"]["findings"] == 0


def test_github_escapes_what_its_syntax_uses(plan: Plan, catalogue: Catalogue) -> None:
    lines = github(plan, catalogue).splitlines()
    assert len(lines) == len(plan.findings)
    assert lines[0].endswith("line=1,col=3,title=TFM101%3A A Saver is built::100%25, a:b")
    assert lines[2].endswith("::two%0Alines")


def test_sarif_refers_to_rules_and_files_rightly(plan: Plan, catalogue: Catalogue) -> None:
    log = json.loads(sarif(plan, catalogue, "1.2.3"))
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert log["version"] == "2.1.0"
    assert rules[0]["help"]["markdown"].count("###") == 3
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    location = run["results"][3]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "d%20%C3%A9/b.py"
    assert location["region"] == {"startLine": 3, "startColumn": 3}


def test_sarif_fingerprints_differ_and_survive_moved_lines(
    plan: Plan, catalogue: Catalogue
) -> None:
    def prints(plan: Plan) -> list[str]:
        results = json.loads(sarif(plan, catalogue, "1"))["runs"][0]["results"]
        return [result["partialFingerprints"]["tf2migrate/v1"] for result in results]

    moved = tuple(
        dataclasses.replace(each, place=dataclasses.replace(each.place, line=each.place.line + 7))
        for each in plan.findings
    )
    assert len(set(prints(plan))) == len(plan.findings)
    assert prints(dataclasses.replace(plan, findings=moved)) == prints(plan)


def test_sarif_tells_of_a_failed_run(empty: Plan, catalogue: Catalogue) -> None:
    run = json.loads(sarif(empty, catalogue, "1", failed=True))["runs"][0]
    assert run["invocations"] == [{"executionSuccessful": False}]


def test_json_has_each_finding_with_its_fate(plan: Plan, catalogue: Catalogue) -> None:
    document = json.loads(findings_json(plan, catalogue))
    fates = [(each["safety"], each["rewritten"]) for each in document["findings"]]
    assert fates == [("safe", False), ("safe", True), ("unsafe", False), ("manual", False)]
    assert document["findings"][0]["files"] == ["a.py", "b.py"]
    assert document["summary"]["would_change"] == 2
    assert document["summary"]["generated"] == ["g.py"]


def test_counts_have_every_site_once(plan: Plan, catalogue: Catalogue) -> None:
    first, second = count(plan, catalogue)
    assert (first.rewritten, first.held, first.sites) == (1, 1, 2)
    assert (second.unsafe, second.manual, second.kept, second.sites) == (1, 1, 1, 3)
    assert summarise(plan).remaining == 3


def test_the_name_map_comes_back_and_has_one_order() -> None:
    rows = (row("b"), row("a", "z"), row("a", "w"))
    data = names_json(rows)
    assert parse_names(data) == (row("a", "w"), row("a", "z"), row("b"))
    assert names_json(reversed([*rows, row("b")])) == data


def test_merging_keeps_rows_of_untouched_checkpoints_only() -> None:
    old = (row("a", "old"), row("b"))
    assert merged(old, ()) == old
    assert merged(old, (row("a", "new"),)) == (row("b"), row("a", "new"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"format": "tf2migrate-names/2", "rows": []}',
        b'{"format": "tf2migrate-names/1"}',
        b'{"format": "tf2migrate-names/1", "rows": [{}]}',
        b'{"format": "tf2migrate-names/1", "rows": [{"checkpoint": 1, "tf1": "", "key": "",'
        b' "kind": "", "evidence": ""}]}',
        b'{"format": "tf2migrate-names/1", "rows": [{"checkpoint": "", "tf1": "", "key": "\\ud800",'
        b' "kind": "", "evidence": ""}]}',
    ],
)
def test_a_damaged_name_map_is_refused(data: bytes) -> None:
    with pytest.raises(NamesError):
        parse_names(data)


def test_a_docstring_is_taken_apart(catalogue: Catalogue) -> None:
    topic = catalogue.topic("TFM102")
    assert topic is not None
    assert topic.summary == "Savers become Checkpoints."
    assert [each.title for each in topic.sections] == ["What", "Example", "Recipe: by hand"]
    assert topic.sections[1].text == "```python\ntf.train.Saver()\n```"
    assert topic.sections[2].recipe == "by hand"


def test_the_rule_documentation_has_every_code_and_section(catalogue: Catalogue) -> None:
    text = rules_markdown(catalogue)
    assert "| [TFM101](#tfm101) | A Saver is built |" in text
    assert "## TFM102: A Saver saves\n" in text
    assert "### Recipe: by hand\n\nWrite it.\n" in text
