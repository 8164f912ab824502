"""The difference of two checkpoints for people, marked as a diff marks lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tf2migrate.model.comparison import Entry, Outcome, Report
from tf2migrate.report.comparison_text import signature_text
from tf2migrate.report.inventory_text import title
from tf2migrate.report.plain import Paint, columns, counted, shape_text

_MARKS = {Outcome.MISSING: ("-", "red"), Outcome.UNEXPECTED: ("+", "green")}
_CHANGED = ("~", "yellow")
_WIDEST_NAME = 40
_WORDS = {
    Outcome.MISSING: "only in the first",
    Outcome.UNEXPECTED: "only in the second",
    Outcome.SHAPE: "of another shape",
    Outcome.DTYPE: "of another dtype",
    Outcome.VALUE: "of another value",
}


def diff_lines(
    report: Report, facts: Iterable[tuple[str, str | None, str | None]], paint: Paint
) -> Iterator[str]:
    """A line for each variable that differs, then what object graphs say differently.

    Args:
      facts: object paths, and what each graph says of them.
    """
    objects = list(facts)
    if report.failures or objects:
        yield paint(f"--- {report.before}", "bold")
        yield paint(f"+++ {report.after}", "bold")
    rows = [(_name(entry), _what(entry)) for entry in report.failures]
    for line, entry in zip(columns(rows, widest=_WIDEST_NAME), report.failures, strict=True):
        mark, colour = _MARKS.get(entry.outcome, _CHANGED)
        yield paint(f"{mark} {line}", colour)
    for path, before, after in objects:
        where = path or "the root"
        if before is not None:
            yield paint(f"- object {where}: {before}", "red")
        if after is not None:
            yield paint(f"+ object {where}: {after}", "green")
    yield _summary(report, len(objects))


def _name(entry: Entry) -> str:
    return title((entry.before or entry.after)[0])


def _what(entry: Entry) -> str:
    if entry.outcome is Outcome.SHAPE:
        return f"shape {shape_text(entry.before[0].shape)} -> {shape_text(entry.after[0].shape)}"
    if entry.outcome is Outcome.DTYPE:
        return f"dtype {entry.before[0].dtype} -> {entry.after[0].dtype}"
    if entry.outcome is Outcome.VALUE:
        return f"value: {entry.detail}"
    return signature_text((entry.before or entry.after)[0])


def _summary(report: Report, objects: int) -> str:
    counts = report.counts()
    equal = counts.pop(Outcome.MATCHED, 0)
    parts = [f"{number:,} {_WORDS[outcome]}" for outcome, number in counts.items()]
    if objects:
        parts.append(f"{counted(objects, 'object')} told of differently")
    different = ", ".join(parts)
    return f"{counted(equal, 'variable')} equal{'; ' + different if different else ''}."
