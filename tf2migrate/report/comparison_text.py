"""Comparisons for people: what differs first, then what is equal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isinf

from tf2migrate.model.comparison import HARMLESS, Entry, Outcome, Report
from tf2migrate.model.inventory import VariableRow
from tf2migrate.report.plain import Paint, columns, paragraph, plain, shape_text

_MOST = 50
_MEANING = {
    Outcome.MISSING: "the old one has it, the new one has nothing for it",
    Outcome.UNEXPECTED: "the new one has it, the old one has nothing for it",
    Outcome.SHAPE: "the shapes differ",
    Outcome.DTYPE: "the dtypes differ",
    Outcome.VALUE: "the values differ",
    Outcome.AMBIGUOUS: "more than one solution fits, so none is taken; a row of the names file"
    " settles it",
    Outcome.ALIASED: "variables of the old one are one variable of the new one",
    Outcome.UNTRACKED: "the program has it, but no checkpoint of it would hold it",
    Outcome.TRAINABLE: "trained on one side and not on the other",
}


@dataclass(frozen=True)
class View:
    """How a report is shown.

    Attributes:
      width: where to wrap; None for a pipe, whose lines stay whole.
      everything: list equal variables too, and all failures however many.
      explain: says in words what a transform does.
    """

    paint: Paint = plain
    width: int | None = None
    everything: bool = False
    explain: Callable[[str], str] = str


def comparison_lines(report: Report, view: View) -> list[str]:
    """The whole report without its head."""
    lines: list[str] = []
    for outcome in report.counts():
        if outcome not in HARMLESS:
            members = [entry for entry in report.entries if entry.outcome is outcome]
            lines += [*_failures(outcome, members, view), ""]
    transformed = [entry for entry in report.entries if entry.outcome is Outcome.TRANSFORMED]
    if transformed:
        lines += [*_transformed(transformed, view), ""]
    alone = [entry for entry in report.entries if entry.outcome is Outcome.ONE_SIDED]
    if alone:
        lines += [*_one_sided(alone, view), ""]
    if view.everything:
        shown = (Outcome.TRANSFORMED, Outcome.ONE_SIDED)
        equal = [entry for entry in report.entries if entry.ok and entry.outcome not in shown]
        if equal:
            lines += [*_equal(equal, view), ""]
    return [*lines, *_summary(report, view)]


def _failures(outcome: Outcome, entries: Sequence[Entry], view: View) -> Iterator[str]:
    yield _heading(outcome, len(entries), _MEANING[outcome], "red", view)
    for entry in _shown(entries, view):
        yield f"  {_pair(entry, view)}"
        for note in _notes(entry):
            yield from paragraph(note, 6, view.width)
    yield from _rest(entries, view)


def _heading(outcome: Outcome, number: int, meaning: str, colour: str, view: View) -> str:
    return f"{view.paint(outcome.value, colour)} ({number:,}): {meaning}"


def _shown(entries: Sequence[Entry], view: View) -> Sequence[Entry]:
    return entries if view.everything else entries[:_MOST]


def _rest(entries: Sequence[Entry], view: View) -> Iterator[str]:
    left = len(entries) - len(_shown(entries, view))
    if left:
        yield f"  ... and {left:,} more; --all lists them"


def _pair(entry: Entry, view: View) -> str:
    """`old -> new  dtype shape`: names and signatures once where both sides have the same."""
    before, after = entry.before, entry.after
    signature = " + ".join(dict.fromkeys(map(signature_text, before or after)))
    if before and after:
        new = " + ".join(dict.fromkeys(map(signature_text, after)))
        signature += f" -> {new}" if new != signature else ""
    return f"{view.paint(_names(entry), 'bold')}  {signature}"


def _names(entry: Entry) -> str:
    """TF1 names -> object paths; object paths alone where both sides have them."""
    objects = all(row.path is not None for row in (*entry.before, *entry.after))
    before = " + ".join((row.path if objects else None) or row.label for row in entry.before)
    after = " + ".join(row.path or row.label for row in entry.after)
    return before or after if before == after or not before or not after else f"{before} -> {after}"


def signature_text(row: VariableRow) -> str:
    """`float32 [2,3]`."""
    return f"{row.dtype} {shape_text(row.shape)}"


def _notes(entry: Entry) -> Iterator[str]:
    if entry.detail:
        yield entry.detail
    elif entry.difference is not None and entry.outcome is Outcome.VALUE:
        yield f"largest absolute difference: {difference_text(entry.difference)}"
    if entry.transform:
        yield f"compared after {entry.transform}"
    if entry.evidence and " -> " in _names(entry):
        yield f"paired because: {entry.evidence}"
    if entry.candidates:
        yield f"nearest: {', '.join(entry.candidates)}"
    origins = dict.fromkeys(row.origin for row in (*entry.before, *entry.after) if row.origin)
    if origins:
        yield f"created at {', '.join(origins)}"


def difference_text(difference: float) -> str:
    """A difference with the digits that tell something."""
    return "infinite (a NaN, or text)" if isinf(difference) else f"{difference:.3g}"


def _transformed(entries: Sequence[Entry], view: View) -> Iterator[str]:
    yield _heading(
        Outcome.TRANSFORMED, len(entries), "equal after a known transform", "green", view
    )
    for entry in _shown(entries, view):
        yield f"  {_pair(entry, view)}"
        yield from paragraph(_transform(entry.transform, view), 6, view.width)
        if view.everything and entry.evidence:
            yield from paragraph(entry.evidence, 6, view.width)
    yield from _rest(entries, view)


def _one_sided(entries: Sequence[Entry], view: View) -> Iterator[str]:
    meaning = "only one side can have it, and nothing is lost"
    yield _heading(Outcome.ONE_SIDED, len(entries), meaning, "green", view)
    for entry in _shown(entries, view):
        yield f"  {_pair(entry, view)}"
        yield from paragraph(entry.detail, 6, view.width)
    yield from _rest(entries, view)


def _transform(text: str, view: View) -> str:
    explained = view.explain(text)
    return text if explained in ("", text) else f"{text}: {explained}"


def _equal(entries: Sequence[Entry], view: View) -> Iterator[str]:
    yield f"{view.paint('equal', 'green')} ({len(entries):,})"
    rows = [(entry.outcome.value, _signature(entry), _names(entry)) for entry in entries]
    for line, entry in zip(columns(rows), entries, strict=True):
        yield f"  {line}"
        if entry.outcome is not Outcome.MATCHED and entry.evidence:
            yield from paragraph(entry.evidence, 6, view.width)


def _signature(entry: Entry) -> str:
    return signature_text((entry.before or entry.after)[0])


def _summary(report: Report, view: View) -> Iterator[str]:
    counts = report.counts()
    equal = [f"{counts[each]:,} {each.value}" for each in counts if each in HARMLESS]
    unequal = [f"{counts[each]:,} {each.value}" for each in counts if each not in HARMLESS]
    if equal:
        more = "" if view.everything else " (--all lists them)"
        yield f"Equal: {', '.join(equal)}{more}."
    if not report.entries:
        yield "There are no variables on either side."
    if unequal:
        verdict = view.paint("NOT EQUAL", "red")
        yield f"{verdict}: {', '.join(unequal)}. Compared: {report.depth.value}."
    else:
        verdict = view.paint("EQUAL", "green")
        yield f"{verdict} in both directions: {report.depth.value}."
