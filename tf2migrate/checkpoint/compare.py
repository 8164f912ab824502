"""Compare two inventories: equal sets of variables, in both directions, or what is not equal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tf2migrate.checkpoint.differences import Difference, Tolerance
from tf2migrate.checkpoint.nearest import Nearest
from tf2migrate.checkpoint.one_sided import one_sided_entries
from tf2migrate.checkpoint.solve import solve
from tf2migrate.checkpoint.solve.aliases import aliased
from tf2migrate.checkpoint.solve.matching import Ambiguity, Matching, Pair, path_name
from tf2migrate.checkpoint.transforms import Signature, parse
from tf2migrate.checkpoint.values_of_pairs import ValueTest
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Depth, Entry, Outcome, Report
from tf2migrate.model.inventory import Inventory, VariableRow
from tf2migrate.model.names import NameRow


def compare(
    before: Inventory,
    after: Inventory,
    names: Sequence[NameRow] = (),
    *,
    depth: Depth = Depth.NAMES,
    rtol: float = 0.0,
    atol: float = 0.0,
) -> Report:
    """Whether nothing was lost and nothing crept in.

    Args:
      names: the rows of the name map for this checkpoint.
      depth: how far values are compared. With CHECKSUMS, values whose checksums
        one side does not know are read.
      rtol, atol: values may differ by `atol + rtol * abs(before)`; only read at
        depth VALUES.

    Returns:
      A report in which each variable of either side is in exactly one entry,
      except for counters of saved files (`save_counter`) that one side has.

    Raises:
      CheckpointError: values cannot be read.
    """
    matching = solve(before, after, names)
    entries = [
        *_settled(matching.pairs, ValueTest(before, after, depth, Tolerance(atol, rtol))),
        *map(_ambiguous, matching.ambiguities),
        *one_sided_entries(matching.one_sided, before, after, depth),
        *_lost(matching, after, tuple(names)),
    ]
    places = [{row.key: number for number, row in enumerate(side.rows)} for side in (before, after)]

    def place(entry: Entry) -> tuple[bool, int]:
        """Lines about rows before come first, all in the order of the inventories."""
        row = next(iter(entry.before or entry.after))
        return not entry.before, places[not entry.before].get(row.key, -1)

    entries.sort(key=place)
    return Report(before.label, after.label, tuple(entries), depth)


def _settled(pairs: Sequence[Pair], test: ValueTest) -> Iterator[Entry]:
    """One line for a pair: the first thing that is wrong with it, or how it matched."""
    wrong = [_wrong_form(pair) for pair in pairs]
    sound = [pair for pair, entry in zip(pairs, wrong, strict=True) if entry is None]
    differences = iter(test.differences(sound))
    for entry in wrong:
        yield entry if entry is not None else _entry(*next(differences))


def _entry(pair: Pair, difference: Difference | None) -> Entry:
    differs = difference is not None and not difference.equal
    return Entry(
        Outcome.VALUE if differs else _outcome(pair),
        pair.before,
        pair.after,
        pair.evidence,
        detail=str(difference) if differs else "",
        transform=pair.transform,
        difference=None if difference is None else difference.largest,
    )


def _outcome(pair: Pair) -> Outcome:
    if pair.transform or len(pair.before) != 1 or len(pair.after) != 1:
        return Outcome.TRANSFORMED
    before, after = pair.before[0], pair.after[0]
    if before.name is not None and before.name == after.name:
        return Outcome.MATCHED
    names = {before.name, before.path, path_name(before)} - {None}
    return (
        Outcome.MATCHED if names & {after.name, after.path, path_name(after)} else Outcome.RENAMED
    )


def _wrong_form(pair: Pair) -> Entry | None:
    """Shape, dtype or trainability that differ, after the transform if there is one."""
    if pair.transform or len(pair.before) != 1 or len(pair.after) != 1:
        return _wrong_result(pair)
    before, after = pair.before[0], pair.after[0]

    def entry(outcome: Outcome, detail: str) -> Entry:
        return Entry(outcome, (before,), (after,), pair.evidence, detail)

    if not _compatible(before.shape, after.shape):
        return entry(Outcome.SHAPE, f"{_shape(before)} before, {_shape(after)} after")
    if before.dtype != after.dtype:
        return entry(Outcome.DTYPE, f"{before.dtype} before, {after.dtype} after")
    if before.trainable is not None and after.trainable not in (None, before.trainable):
        words = {True: "trained", False: "not trained"}
        detail = f"{words[before.trainable]} before, {words[bool(after.trainable)]} after"
        return entry(Outcome.TRAINABLE, detail)
    return None


def _wrong_result(pair: Pair) -> Entry | None:
    """What the transform cannot be applied to, or would make of another shape or dtype."""

    def entry(outcome: Outcome, detail: str) -> Entry:
        return Entry(outcome, pair.before, pair.after, pair.evidence, detail, pair.transform)

    known = [row for row in pair.before if row.shape is not None and None not in row.shape]
    if len(known) != len(pair.before):
        return None
    forms = [Signature(tuple(size or 0 for size in row.shape or ()), row.dtype) for row in known]
    try:
        results = parse(pair.transform).infer(forms)
    except CheckpointError as error:
        return entry(Outcome.SHAPE, error.problem)
    if len(results) != len(pair.after):
        return entry(Outcome.SHAPE, f"the transform gives {len(results)} variables")
    for result, after in zip(results, pair.after, strict=True):
        if not _compatible(result.shape, after.shape):
            detail = f"[{', '.join(map(str, result.shape))}] expected, {_shape(after)} after"
            return entry(Outcome.SHAPE, detail)
        if result.dtype != after.dtype:
            return entry(Outcome.DTYPE, f"{result.dtype} expected, {after.dtype} after")
    return None


def _compatible(
    before: tuple[int | None, ...] | None, after: tuple[int | None, ...] | None
) -> bool:
    if before is None or after is None:
        return True
    return len(before) == len(after) and all(
        one == other or one is None or other is None
        for one, other in zip(before, after, strict=True)
    )


def _shape(row: VariableRow) -> str:
    if row.shape is None:
        return "unknown shape"
    return f"[{', '.join('?' if size is None else str(size) for size in row.shape)}]"


def _ambiguous(ambiguity: Ambiguity) -> Entry:
    labels = tuple(row.path or row.label for row in ambiguity.after)
    return Entry(
        Outcome.AMBIGUOUS,
        ambiguity.before,
        ambiguity.after,
        detail=ambiguity.reason,
        candidates=labels,
    )


def _lost(matching: Matching, after: Inventory, names: tuple[NameRow, ...]) -> Iterator[Entry]:
    """What has no partner: swallowed by an alias, untracked, missing, unexpected."""
    gone = set()
    for row, swallower in aliased(matching, names):
        gone.add(row.key)
        detail = f"{swallower.path} is the same variable, so one of two values is lost"
        yield Entry(Outcome.ALIASED, (row,), (), detail=detail)
    unsaved = list(after.unsaved)
    nearest = Nearest(matching.open_after())
    for row in matching.before.values():
        if row.key in gone:
            continue
        hidden = next((text for text in unsaved if _is_label_of(text, row)), None)
        if hidden is not None:
            unsaved.remove(hidden)
            detail = f"the program has it, but no checkpoint would hold it: {hidden}"
            yield Entry(Outcome.UNTRACKED, (row,), (), detail=detail)
            continue
        detail = matching.fixed.get(row.key, "")
        candidates = nearest.to(row)
        yield Entry(Outcome.MISSING, (row,), (), detail=detail, candidates=candidates)
    for text in unsaved:
        row = VariableRow(text, None, "")
        yield Entry(Outcome.UNTRACKED, (), (row,), detail="no checkpoint would hold it")
    nearest = Nearest(matching.before.values())
    for row in matching.after.values():
        detail = matching.fixed.get(row.key, "")
        candidates = nearest.to(row)
        yield Entry(Outcome.UNEXPECTED, (), (row,), detail=detail, candidates=candidates)


def _is_label_of(text: str, row: VariableRow) -> bool:
    """Whether an unsaved variable's label (name or path, maybe with its line) names the row."""
    words = text.replace(",", " ").split()
    return any(label in words for label in (row.name, row.path, row.key) if label)
