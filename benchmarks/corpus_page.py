"""The measurements of the corpus as a table for the terminal and as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from benchmarks.repositories import Repository
from benchmarks.results import Measurement, is_site
from benchmarks.silent import REASONS

_FAMILIES: dict[str, Callable[[str], bool]] = {
    "Savers (TFM1)": lambda code: code.startswith("TFM1"),
    "collections (TFM2)": lambda code: code.startswith("TFM2"),
    "initialisers (TFM3)": lambda code: code.startswith("TFM3"),
    "session frameworks (TFM504 to 507)": lambda code: code.startswith("TFM5") and is_site(code),
    "averages (TFM605)": lambda code: code == "TFM605",
    "other names": lambda code: not is_site(code),
}
_MOST_REASONS = 30
_INTRO = """\
# The corpus: public TensorFlow 1 code as tf2migrate plans it

This page is written by a program; do not edit it. Make it again, with clones of the
repositories at the commits below or from a local mirror of them, by

    python benchmarks/corpus.py [--mirror DIR] --write docs/corpus.md

Each repository is analysed and rendered as a whole (`tf2migrate fix --target graph`, without
`--unsafe`; nothing is written) in a process of its own on one core. A *site* is a place where a
rule of Savers, collections, initialisers, session frameworks or averages reports or keeps
something: *rewritten*: `fix` makes the edit; *kept*: right as it stands under the graph target;
*manual*: a person must decide (edits held back and those of `--unsafe` are counted here).
Imports, contrib names, layers and cells are *other names*, counted on their own.

*Silent* is counted without the rules and their index: `benchmarks/silent.py` looks for the names
of the idioms among the tokens of every Python file, outside of comments and strings. A name on no
line of a statement that has a finding or a kept site is silent, unless it is set aside for one of
the reasons listed below. *Crashes* are failures of tf2migrate itself (TFM906, TFM909); *broken*
are outputs that do not compile; *unstable* are files that a second run over the output would
change again. A file is *unreadable* if it is reported as a syntax error, Python 2 or the like;
files without TensorFlow that nothing imports are not parsed and so not judged.
"""


class Row(NamedTuple):
    """One repository with its numbers."""

    repository: Repository
    result: Measurement


def faults(row: Row) -> list[str]:
    """What must be empty for every repository, as `what: path:line text`."""
    result, name = row.result, row.repository.name
    kinds = {
        "silent": result.silent,
        "crash": result.crashes,
        "broken": result.broken,
        "unstable": result.unstable,
    }
    return [f"{kind}: {name}: {line}" for kind, lines in kinds.items() for line in lines]


def summary(rows: Sequence[Row]) -> str:
    """The table, the reasons and every fault."""
    parts = [_repositories(rows), _shares(rows), _kinds(rows), _codes(rows), _reasons(rows)]
    parts.append("\n".join(line for row in rows for line in faults(row)))
    return "\n\n".join(filter(None, parts))


def page(rows: Sequence[Row]) -> str:
    """The page of documentation."""
    wrong = [line for row in rows for line in faults(row)]
    listed = "\n".join(f"- `{line.replace('`', chr(39))}`" for line in wrong)
    return "\n".join(
        [
            _INTRO,
            "## By repository\n",
            _repositories(rows),
            "\n" + _shares(rows),
            "\n## By kind\n\nEach cell is rewritten / kept / manual.\n",
            _kinds(rows),
            "\n## By code\n",
            _codes(rows),
            f"\n## Why sites are left to a person\n\nThe {_MOST_REASONS} most frequent reasons.\n",
            _reasons(rows),
            "\n## Silent, crashed, broken, unstable\n",
            listed or "None.",
            "\n## Names set aside by the text search\n",
            _aside(rows),
            "\n## Commits\n",
            _commits(rows),
            "",
        ]
    )


def _totals(results: Iterable[Measurement], wanted: Callable[[str], bool]) -> tuple[int, int, int]:
    found = [n for each in results for code, n in each.counts.items() if wanted(code)]
    return sum(n[0] for n in found), sum(n[1] for n in found), sum(n[2] for n in found)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else ""


def _repositories(rows: Sequence[Row]) -> str:
    head = (
        "Repository|files|unreadable|sites|rewritten|kept|manual|settled"
        "|silent|crashes|broken|unstable|seconds|MB"
    )
    table = []
    for row in rows:
        each = row.result
        rewritten, kept, manual = _totals([each], is_site)
        sites = rewritten + kept + manual
        wrong = (each.silent, each.crashes, each.broken, each.unstable)
        cells = (row.repository.name, each.files, len(each.unreadable), sites, rewritten, kept)
        settled = _percent(rewritten + kept, sites)
        speed = (f"{each.seconds:.1f}", f"{each.megabytes:.0f}")
        table.append((*cells, manual, settled, *map(len, wrong), *speed))
    sums = [sum(int(line[at]) for line in table) for at in (*range(1, 7), *range(8, 12))]
    settled = _percent(sums[3] + sums[4], sums[2])
    seconds = f"{sum(row.result.seconds for row in rows):.1f}"
    peak = f"{max((row.result.megabytes for row in rows), default=0):.0f}"
    table.append(("**all**", *sums[:6], settled, *sums[6:], seconds, peak))
    return _table(head.split("|"), table)


def _shares(rows: Sequence[Row]) -> str:
    rewritten, kept, manual = _totals([row.result for row in rows], is_site)
    changes, sites = rewritten + manual, rewritten + kept + manual
    hits = sum(row.result.hits for row in rows)
    indirect = sum(len(row.result.indirect) for row in rows)
    unread = sum(row.result.unread_hits for row in rows)
    return (
        f"Of {changes} sites that need a change {rewritten} are rewritten"
        f" ({_percent(rewritten, changes)}). Of all {sites} sites {rewritten + kept} are rewritten"
        f" or right as they stand ({_percent(rewritten + kept, sites)}). The text search found"
        f" {hits} names of idioms, {indirect} of them in statements with findings of other names"
        f" only; {unread} more are in files that are reported as unreadable or generated."
    )


def _kinds(rows: Sequence[Row]) -> str:
    def cells(results: Sequence[Measurement]) -> list[str]:
        totals = [_totals(results, wanted) for wanted in _FAMILIES.values()]
        return [" / ".join(map(str, each)) if any(each) else "" for each in totals]

    table = [(row.repository.name, *cells([row.result])) for row in rows]
    results = [row.result for row in rows]
    totals = [_totals(results, wanted) for wanted in _FAMILIES.values()]
    table.append(("**all**", *cells(results)))
    changes = [_percent(n[0], n[0] + n[2]) for n in totals]
    table.append(("**rewritten of those to change**", *changes))
    table.append(("**rewritten or kept of all**", *(_percent(n[0] + n[1], sum(n)) for n in totals)))
    return _table(["Repository", *_FAMILIES], table)


def _codes(rows: Sequence[Row]) -> str:
    titles = {code: title for row in rows for code, title in row.result.titles.items()}
    results = [row.result for row in rows]
    table = [
        (code, title, *_totals(results, code.__eq__)) for code, title in sorted(titles.items())
    ]
    return _table(["Code", "Title", "rewritten", "kept", "manual"], table)


def _reasons(rows: Sequence[Row]) -> str:
    reasons: Counter[str] = Counter()
    for row in rows:
        reasons.update(row.result.reasons)
    table = [(number, text) for text, number in reasons.most_common(_MOST_REASONS)]
    return _table(["Sites", "Code and reason"], table)


def _aside(rows: Sequence[Row]) -> str:
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(row.result.aside)
    return _table(
        ["Reason", "What it means", "names"],
        [(name, meaning, counts[name]) for name, meaning in REASONS.items()],
    )


def _commits(rows: Sequence[Row]) -> str:
    def link(each: Repository) -> str:
        return f"[{each.commit[:12]}]({each.url}/tree/{each.commit})"

    table = [(row.repository.name, link(row.repository), row.repository.license) for row in rows]
    return _table(["Repository", "commit", "license"], table)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    cells = [head, ["--"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in cells
    )
