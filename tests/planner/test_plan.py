"""Rules to Plan, with rules that are three lines long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest

from tf2migrate.index.project import Project
from tf2migrate.model.edit import AddImport, Edit, Replace
from tf2migrate.model.facts import FileFacts
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.model.names import NameRow
from tf2migrate.model.plan import Plan
from tf2migrate.model.problem import PYTHON_2, Problem
from tf2migrate.model.span import Span
from tf2migrate.planner import Options, Selection, demote, make_plan
from tf2migrate.rules.base import Rule
from tf2migrate.syntax.facts import collect
from tf2migrate.syntax.source import Source, read_source

CODE = "x = tf.log(a)\ny = tf.exp(\n    b,\n    c\n)\n"
ROW = NameRow("a.py:", "w", "model/w", "variable", "test")


def facts(path: str, code: str) -> FileFacts:
    source = read_source(path, code.encode())
    assert isinstance(source, Source)
    return collect(source)


def project(**codes: str) -> Project:
    files = codes or {"a": CODE, "b": CODE}
    return Project({f"{name}.py": facts(f"{name}.py", code) for name, code in files.items()})


def find(
    project: Project,
    text: str,
    code: str = "TFM101",
    path: str = "a.py",
    *,
    new: str | None = "new",
    safety: Safety = Safety.SAFE,
    group: str | None = None,
    also: Sequence[Edit] = (),
) -> Finding:
    """A finding at `text` in the file, with the edit that replaces it by `new`."""
    file = project.files[path].facts
    start = file.text.index(text.encode())
    span = Span(start, start + len(text.encode()))
    edits = () if new is None else (Replace(path, span, new),)
    place = file.place(span)
    return Finding(code, place, "message", safety, (*edits, *also), (ROW,), group)


def rule(*items: Finding | Kept, error: Exception | None = None) -> Rule:
    def run(_: Project) -> Iterator[Finding | Kept]:
        yield from items
        if error:
            raise error

    return Rule({"TFM101": "title"}, "", run)


def plan(
    project: Project,
    *findings: Finding | Kept,
    unsafe: bool = False,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    per_file_ignores: Mapping[str, Sequence[str]] | None = None,
    scope: frozenset[str] | None = None,
) -> Plan:
    """A plan in which each finding comes from a rule of its own."""
    selection = Selection(select, ignore, per_file_ignores or {}, scope)
    rules = [rule(finding) for finding in findings]
    return make_plan(project, rules, Options(unsafe=unsafe, selection=selection))


def test_without_rules_nothing_is_found() -> None:
    result = plan(project())
    assert (result.findings, result.applied, result.kept, result.names) == ((), (), (), ())


def test_a_safe_finding_is_applied_with_its_names_and_as_it_is() -> None:
    here = project()
    finding = find(here, "tf.log")
    result = plan(here, finding)
    assert result.findings == result.applied == (finding,)
    assert result.findings[0] is result.applied[0]
    assert result.names == (ROW,)
    assert result.remaining() == ()


def test_a_manual_finding_is_not_applied_and_needs_no_reason() -> None:
    here = project()
    finding = find(here, "tf.log", new=None, safety=Safety.MANUAL)
    result = plan(here, finding)
    assert result.findings == result.remaining() == (finding,)
    assert result.names == ()


def test_an_unsafe_finding_needs_the_option() -> None:
    here = project()
    finding = find(here, "tf.log", safety=Safety.UNSAFE)
    assert plan(here, finding).applied == ()
    assert plan(here, finding).findings == (finding,)
    assert plan(here, finding, unsafe=True).applied == (finding,)


def test_findings_are_ordered_by_place_and_doubles_left_out() -> None:
    here = project()
    one, two, three = find(here, "tf.exp"), find(here, "tf.log"), find(here, "x", path="b.py")
    result = plan(here, three, one)
    assert result.findings == (one, three)
    result = make_plan(here, [rule(three, one, one, two)], Options())
    assert result.findings == (two, one, three)
    assert result.applied == (three, one, two)


# Overlaps


def not_applied(result: Plan, code: str) -> str:
    (finding,) = (each for each in result.findings if each.code == code)
    assert finding.safety is Safety.MANUAL
    assert finding.edits == ()
    assert "[not applied: " in finding.message
    return finding.message


def test_of_two_that_overlap_the_later_rules_is_not_applied() -> None:
    here = project()
    one, two = find(here, "tf.log(a)"), find(here, "log", "TFM102")
    result = plan(here, one, two)
    assert result.applied == (one,)
    assert "overlap those of TFM101 at a.py:1" in not_applied(result, "TFM102")
    assert plan(here, two, one).applied == (two,)


def test_an_edit_in_a_hole_of_another_is_no_overlap() -> None:
    here = project()
    inner = find(here, "a)", "TFM102")
    inner_span = inner.place.span
    one, two = find(here, "tf.log(a)", new=f"g({inner_span.hole}"), inner
    assert set(plan(here, one, two).applied) == {one, two}
    assert set(plan(here, two, one).applied) == {one, two}


def test_equal_edits_and_imports_of_two_findings_are_no_overlap() -> None:
    here = project()
    also = [AddImport("a.py", "import x")]
    one, two = find(here, "tf.log", also=also), find(here, "tf.log", "TFM102", also=also)
    result = plan(here, one, two)
    assert result.applied == (one, two)
    assert len(result.edits()["a.py"]) == 2


def test_what_is_not_applied_blocks_nobody() -> None:
    here = project()
    one = find(here, "tf.log(a)", safety=Safety.UNSAFE)
    two = find(here, "log", "TFM102")
    three = find(here, "og", "TFM103")
    assert plan(here, one, two).applied == (two,)
    result = plan(here, find(here, "tf.log"), two, three)
    assert [each.code for each in result.applied] == ["TFM101"]


def test_a_finding_whose_own_edits_overlap_is_not_applied() -> None:
    here = project()
    one = find(here, "tf.log(a)")
    both = find(here, "log", also=one.edits)
    assert "overlap" in not_applied(plan(here, both), "TFM101")


# Groups


def test_a_group_with_a_loser_of_an_overlap_is_not_applied_anywhere() -> None:
    here = project()
    first = find(here, "log")
    one = find(here, "tf.log(a)", "TFM102", group="g")
    two = find(here, "y", "TFM103", "b.py", group="g")
    result = plan(here, first, one, two)
    assert result.applied == (first,)
    assert "overlap" in not_applied(result, "TFM103")


@pytest.mark.parametrize("options", [{"ignore": ["TFM102"]}, {"select": ["TFM101"]}])
def test_a_deselected_member_blocks_its_group(options: Mapping[str, Sequence[str]]) -> None:
    here = project()
    one, two = find(here, "tf.log", group="g"), find(here, "y", "TFM102", "b.py", group="g")
    result = plan(here, one, two, **options)  # type: ignore[arg-type]
    assert result.applied == ()
    message = not_applied(result, "TFM101")
    assert "together with TFM102 at b.py:2, which is not applied: it is not selected" in message


def test_a_manual_or_unsafe_member_blocks_its_group() -> None:
    here = project()
    one = find(here, "tf.log", group="g")
    two = find(here, "y", "TFM102", group="g", safety=Safety.UNSAFE)
    result = plan(here, one, two)
    assert result.applied == ()
    assert "needs --unsafe" in not_applied(result, "TFM101")
    assert next(each for each in result.findings if each.code == "TFM102") is two
    assert plan(here, one, two, unsafe=True).applied == (one, two)


# Suppressions


@pytest.mark.parametrize(
    "comment",
    [
        "# tf2migrate: ignore",
        "# tf2migrate: ignore[TFM101]",
        "# tf2migrate: ignore[TFM1, TFM101]",
    ],
)
def test_a_comment_on_the_line_suppresses(comment: str) -> None:
    here = project(a=f"x = tf.log(a)  {comment}\n")
    assert plan(here, find(here, "tf.log")).findings == ()


@pytest.mark.parametrize("line", ["f(  # {}", ")  # {}"])
def test_a_comment_on_the_first_or_last_line_of_the_statement_suppresses(line: str) -> None:
    code = "f(\n    a,\n    tf.log(b),\n    c,\n)\n"
    start = line.partition(" ")[0]
    comment = line.format("tf2migrate: ignore[TFM101]")
    here = project(a=code.replace(f"{start}\n", f"{comment}\n"))
    assert plan(here, find(here, "tf.log(b)")).findings == ()


def test_a_comment_in_the_body_does_not_suppress_the_header() -> None:
    here = project(a="with tf.log(a):\n    x = 1  # tf2migrate: ignore\n")
    codes = [each.code for each in plan(here, find(here, "tf.log")).findings]
    assert codes == ["TFM101", "TFM905"]


def test_a_suppressed_member_blocks_its_group() -> None:
    here = project(a="x = tf.log(a)  # tf2migrate: ignore\n", b=CODE)
    one, two = find(here, "tf.log", group="g"), find(here, "y", "TFM102", "b.py", group="g")
    result = plan(here, one, two)
    assert result.applied == ()
    assert "it is suppressed by a comment" in not_applied(result, "TFM102")
    assert len(result.findings) == 1


@pytest.mark.parametrize(
    ("comment", "named"),
    [
        ("ignore", "tf2migrate: ignore matches"),
        ("ignore[TFM102]", "TFM102 matches"),
        ("ignore[TFM101,TFM205]", ": TFM205 matches"),
        ("ignore[]", "without a code"),
    ],
)
def test_an_unused_suppression_is_a_finding(comment: str, named: str) -> None:
    here = project(a=f"x = tf.log(a)\ny = tf.exp(b)  # tf2migrate: {comment}\n")
    findings = [find(here, "tf.exp")] if "TFM101" in comment else []
    (unused,) = plan(here, *findings).findings
    assert (unused.code, unused.place.line, unused.place.column) == ("TFM905", 2, 16)
    assert named in unused.message
    assert unused.recipe == "unused-suppression"


def test_a_suppression_of_a_deselected_code_is_used() -> None:
    here = project(a="x = tf.log(a)  # tf2migrate: ignore[TFM101]\n")
    assert plan(here, find(here, "tf.log"), select=["TFM2"]).findings == ()


# Selection


@pytest.mark.parametrize(
    ("select", "ignore", "taken"),
    [
        ((), (), True),
        (("TFM",), (), True),
        (("TFM1",), (), True),
        (("TFM2",), (), False),
        ((), ("TFM1",), False),
        (("TFM1",), ("TFM101",), False),
        (("TFM101",), ("TFM1",), True),
        (("TFM101",), ("TFM101",), False),
    ],
)
def test_the_longer_prefix_decides(
    select: Sequence[str], ignore: Sequence[str], taken: bool
) -> None:
    assert Selection(select, ignore).takes("TFM101", "a.py") is taken


def test_what_the_tool_says_of_itself_needs_no_selection() -> None:
    assert Selection(["TFM1"]).takes("TFM902", "a.py")
    assert not Selection(["TFM1"], ["TFM902"]).takes("TFM902", "a.py")
    assert Selection(["TFM1"], ["TFM9"]).takes("TFM909", "a.py")


def test_per_file_ignores_win_and_also_hold_for_kept_sites() -> None:
    here = project()
    one, two = find(here, "tf.log"), find(here, "tf.log", path="b.py")
    kept = [Kept("TFM101", each.place, "right as it is") for each in (one, two)]
    ignores = {"b*": ["TFM1"]}
    result = plan(here, one, two, *kept, per_file_ignores=ignores, select=["TFM101"])
    assert result.findings == (one,)
    assert result.kept == (kept[0],)


# Given paths


def test_a_file_outside_the_given_paths_is_neither_reported_nor_changed() -> None:
    here = project()
    one, two = find(here, "tf.log"), find(here, "tf.log", path="b.py")
    result = plan(here, one, two, scope=frozenset(["a.py"]))
    assert result.findings == result.applied == (one,)


def test_an_edit_outside_the_given_paths_is_named() -> None:
    here = project()
    there = find(here, "tf.log", path="b.py").edits
    finding = find(here, "tf.log", also=there)
    result = plan(here, finding, scope=frozenset(["a.py"]))
    assert result.applied == ()
    assert "b.py, outside the given paths, must change too" in not_applied(result, "TFM101")


def test_a_group_member_outside_the_given_paths_blocks_its_group() -> None:
    here = project()
    one, two = find(here, "tf.log", group="g"), find(here, "y", "TFM102", "b.py", group="g")
    result = plan(here, one, two, scope=frozenset(["a.py"]))
    assert result.applied == ()
    assert "TFM102 at b.py:2" in not_applied(result, "TFM101")


def test_an_edit_of_a_file_that_is_not_analysed_blocks() -> None:
    here = project()
    finding = find(here, "tf.log", also=[AddImport("generated.py", "import x")])
    assert "generated.py" in not_applied(plan(here, finding), "TFM101")


# Failures


def test_a_failing_rule_stops_neither_the_run_nor_single_findings_of_others() -> None:
    here = project()
    failing = rule(find(here, "tf.log", "TFM201"), error=KeyError("bug"))
    grouped = find(here, "y", "TFM102", group="g")
    single = find(here, "tf.exp", "TFM103")
    result = make_plan(here, [rule(grouped), failing, rule(single)], Options())
    assert result.applied == (single,)
    codes = [each.code for each in result.findings]
    assert codes == ["TFM909", "TFM201", "TFM102", "TFM103"]
    not_applied(result, "TFM201")
    not_applied(result, "TFM102")


def test_findings_of_reading_are_part_of_the_plan() -> None:
    here = project()
    problem = Problem("c.py", PYTHON_2, 7, "Python 2 source").finding()
    assert make_plan(here, [], Options(findings=(problem,))).findings == (problem,)


def test_demote_takes_the_group_out_everywhere() -> None:
    here = project()
    one, two = find(here, "tf.log", group="g"), find(here, "y", "TFM102", "b.py", group="g")
    three = find(here, "tf.exp", "TFM103")
    result = demote(plan(here, one, two, three), [two], "b.py is wrong")
    assert result.applied == (three,)
    assert "[not applied: b.py is wrong]" in not_applied(result, "TFM102")
    assert "TFM102 at b.py:2" in not_applied(result, "TFM101")
    assert [each.code for each in result.remaining()] == ["TFM101", "TFM102"]
