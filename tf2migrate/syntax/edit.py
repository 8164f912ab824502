"""Edits to bytes: the one way in is `apply`."""

from __future__ import annotations

from collections.abc import Sequence

from tf2migrate.model.edit import AddImport, Edit, Insert, Remove, Replace, ReplaceStatement
from tf2migrate.model.span import Span
from tf2migrate.syntax.edit_check import Spanned, outermost
from tf2migrate.syntax.edit_errors import RewriteError
from tf2migrate.syntax.edit_imports import Spot, is_standard, spot
from tf2migrate.syntax.edit_render import Patch, Renderer
from tf2migrate.syntax.edit_slots import Slots
from tf2migrate.syntax.edit_text import line_starts
from tf2migrate.syntax.statements import Statements, parse


def apply(text: bytes, edits: Sequence[Edit], newline: str) -> bytes:
    """The text after the edits, parsed once more to be sure that it is Python."""
    doc = Statements(text)
    renderer = Renderer(doc, newline.encode("ascii"))
    unique = list(dict.fromkeys(edits))
    spanned: list[Spanned] = [edit for edit in unique if not isinstance(edit, AddImport)]
    imports = [edit.code for edit in unique if isinstance(edit, AddImport)]
    free = outermost(spanned)
    changed = [
        edit.span for edit in spanned if isinstance(edit, Replace | ReplaceStatement | Remove)
    ]
    spanned, end = _with_imports(renderer, spanned, imports, changed)
    slots = Slots(renderer)
    slots.add(spanned)
    for edit in spanned:
        if isinstance(edit, Replace):
            patch = renderer.add_replace(edit)
        elif isinstance(edit, ReplaceStatement):
            patch = slots.add_statement(edit)
        else:
            continue
        if edit in free:
            slots.keep_comments(edit, patch)
    renderer.finish()
    result = renderer.render(0, len(text))
    for code in end:
        gap = b"" if not result or result.endswith((b"\n", b"\r")) else renderer.newline
        result += gap + code.encode("utf-8") + renderer.newline
    _check(result)
    return result


def _with_imports(
    renderer: Renderer, edits: list[Spanned], codes: Sequence[str], changed: Sequence[Span]
) -> tuple[list[Spanned], list[str]]:
    """The edits with those that put imports in, and what goes to the end of the file."""
    doc = renderer.doc
    before: list[Spanned] = []
    after: list[Spanned] = []
    end: list[str] = []
    gaps: set[Spot] = set()
    standard = sorted(filter(is_standard, codes))
    for code in (*standard, *(code for code in codes if not is_standard(code))):
        place = spot(doc, code, changed)
        if place is None:
            continue
        # A blank line sets the first of several imports at one place off.
        gap = "\n" if place.blank_above and place not in gaps else ""
        gaps.add(place)
        if place.statement is not None:
            insert = Insert("", place.statement.span, gap + code, place.after)
            (after if place.after else before).append(insert)
        elif place.at == len(doc.text):
            end.append(code)
        else:
            _at_offset(renderer, place, code)
    # Next to the import statements, nearer than what other edits put there.
    return [*after, *edits, *before], end


def _at_offset(renderer: Renderer, place: Spot, code: str) -> None:
    newline = renderer.newline
    text = code.encode("utf-8") + newline + (newline if place.blank_below else b"")
    renderer.add(Patch(place.at, place.at, lambda _: text))


def _check(result: bytes) -> None:
    try:
        parse(result)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        starts = [*line_starts(result), len(result)]
        at = min(line, len(starts) - 1)
        statement = result[starts[at - 1] : starts[at]].decode("utf-8").strip()
        raise RewriteError(
            "tf2migrate made a mistake; its edits would have left something that is not"
            f" Python ({error}), line {line}: {statement}"
        ) from error
