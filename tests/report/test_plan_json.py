"""A plan survives JSON exactly; whatever else is refused with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tf2migrate.model.plan import Plan
from tf2migrate.report.plan_json import PlanError, parse_plan, plan_json


def test_an_empty_plan_comes_back_equal(empty: Plan) -> None:
    assert parse_plan(plan_json(empty)) == empty


def test_every_kind_of_edit_comes_back_equal(plan: Plan) -> None:
    assert parse_plan(plan_json(plan)) == plan


def test_the_same_findings_are_applied_after_reading(plan: Plan) -> None:
    back = parse_plan(plan_json(plan))
    assert back.applied[0] is back.findings[1]
    assert len(back.remaining()) == len(plan.remaining()) == 3


def test_an_applied_finding_that_is_not_listed_comes_back(plan: Plan) -> None:
    odd = Plan(plan.root, plan.target, (), plan.findings[2:], (), plan.applied, ())
    assert parse_plan(plan_json(odd)) == odd


def test_the_document_is_the_same_every_time(plan: Plan) -> None:
    assert plan_json(parse_plan(plan_json(plan))) == plan_json(plan)


@pytest.mark.parametrize(
    ("keys", "value", "where"),
    [
        (["format"], "tf2migrate-plan/2", "format"),
        (["target"], 1, "plan.target: not of type str"),
        (["files"], {}, "plan.files: not a list"),
        (["files", 0, "digest"], None, "plan.files[0].digest"),
        (["findings", 0, "safety"], "maybe", "plan.findings[0].safety: not one of"),
        (["findings", 0, "safety"], [], "plan.findings[0].safety: not one of"),
        (["findings", 0, "group"], 1, "plan.findings[0].group"),
        (["findings", 0, "place", "line"], True, "plan.findings[0].place.line"),
        (["findings", 0, "edits", 0, "type"], "Delete", "plan.findings[0].edits[0]"),
        (["findings", 0, "edits", 0, "type"], [], "plan.findings[0].edits[0]"),
        (["findings", 0, "edits", 0, "more"], 1, "plan.findings[0].edits[0]: its keys"),
        (["findings", 0, "edits", 2, "after"], 1, "plan.findings[0].edits[2].after"),
        (["applied"], [99], "plan.applied[0]: there is no finding 99"),
        (["applied"], [-1], "plan.applied[0]"),
        (["applied"], [True], "plan.applied[0]"),
        (["applied"], 3, "applied: not a list"),
        (["more"], 1, "plan: its keys"),
    ],
)
def test_a_malformed_plan_is_refused_with_the_place(
    plan: Plan, keys: list[Any], value: Any, where: str
) -> None:
    document = json.loads(plan_json(plan))
    inner = document
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    with pytest.raises(PlanError) as caught:
        parse_plan(json.dumps(document))
    assert where in str(caught.value)


@pytest.mark.parametrize("text", [b"", b"\xff", b"[]", b"{", b"null", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(text: bytes) -> None:
    with pytest.raises(PlanError):
        parse_plan(text)
