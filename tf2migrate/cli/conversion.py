"""What a conversion did, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tf2migrate.checkpoint.convert.result import Conversion, Converted
from tf2migrate.checkpoint.files.graph import VALUE_SUFFIX
from tf2migrate.cli.name_maps import NameMap
from tf2migrate.cli.transforms import explained
from tf2migrate.report.plain import Paint, columns, counted, size

CONVERSION_FORMAT = "tf2migrate-conversion/1"
_MOST = 50
_WIDEST = 60


def conversion_lines(
    old: str, conversion: Conversion, names: NameMap | None, paint: Paint, everything: bool
) -> Iterator[str]:
    """The report for people; `everything` lists the variables that are stored as they were."""
    yield f"Old: {old}"
    yield f"New: {conversion.prefix}"
    if names is not None:
        yield f"Name map: {names}"
    yield ""
    same, changed, added, left = _sorted(conversion.rows)
    if everything and same:
        yield f"kept as they are ({len(same):,})"
        yield from _pairs(same)
    yield from _section("computed", changed, paint, "yellow", everything)
    yield from _section("added", added, paint, "green", everything)
    yield from _section("left out", left, paint, "red", everything)
    for note in conversion.notes:
        yield f"{paint('note', 'yellow')}: {note}"
    counts = [f"{len(same):,} kept", f"{len(changed):,} computed", f"{len(added):,} added"]
    yield f"Variables: {', '.join(counts)}, {len(left):,} left out."
    yield from _files(conversion)
    if conversion.depth is None:
        yield "Nothing was written (--dry-run)."
    else:
        yield f"{paint('EQUAL', 'green')}, as read back: {conversion.depth.value}."


def _sorted(rows: Sequence[Converted]) -> tuple[list[Converted], ...]:
    """Kept, computed, added, left out."""
    return (
        [row for row in rows if row.old and row.new and not row.transform],
        [row for row in rows if row.old and row.new and row.transform],
        [row for row in rows if not row.old],
        [row for row in rows if not row.new],
    )


def _section(
    heading: str, rows: Sequence[Converted], paint: Paint, colour: str, everything: bool
) -> Iterator[str]:
    if not rows:
        return
    yield f"{paint(heading, colour)} ({len(rows):,})"
    shown = rows if everything else rows[:_MOST]
    for row in shown:
        yield f"  {' -> '.join(filter(None, (_names(row.old), _names(row.new))))}"
        if row.transform:
            yield f"      {row.transform}: {explained(row.transform)}"
    if len(shown) < len(rows):
        yield f"  ... and {len(rows) - len(shown):,} more; --all lists them"


def _pairs(rows: Sequence[Converted]) -> list[str]:
    cells = [(_names(row.old), f"-> {_names(row.new)}") for row in rows]
    return [f"  {line}" for line in columns(cells, widest=_WIDEST)]


def _names(keys: Sequence[str]) -> str:
    return " + ".join(key.removesuffix(VALUE_SUFFIX) for key in keys)


def _files(conversion: Conversion) -> Iterator[str]:
    found: dict[tuple[str, str], list[str]] = {}
    for shard in conversion.shards:
        found.setdefault((shard.how.value, shard.why), []).append(shard.source)
    for (how, why), sources in found.items():
        total = sum(Path(source).stat().st_size for source in sources)
        reason = f" ({why})" if why else ""
        yield f"{counted(len(sources), 'data file')} {how}: {size(total)}{reason}"
    if conversion.depth is not None:
        yield f"written: {size(conversion.written)}"


def conversion_document(
    old: str, conversion: Conversion, names: NameMap | None
) -> dict[str, object]:
    """The document for programs; its format is described in docs/checkpoint-json.md."""
    return {
        "format": CONVERSION_FORMAT,
        "old": old,
        "new": conversion.prefix,
        "names": None if names is None else str(names.path),
        "dry_run": conversion.depth is None,
        "equal": None if conversion.depth is None else True,  # it raises if they are not
        "written": conversion.written,
        "data_files": [
            {"old": each.source, "new": each.name, "how": each.how.value, "why": each.why}
            for each in conversion.shards
        ],
        "notes": list(conversion.notes),
        "tensors": [
            {"old": list(row.old), "new": list(row.new), "transform": row.transform}
            for row in conversion.rows
        ],
    }
