"""Variables that have the same name or the same object path on both sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from tf2migrate.checkpoint.solve.eager_names import telling_names
from tf2migrate.checkpoint.solve.matching import Matching, path_name
from tf2migrate.checkpoint.solve.renames import spelling
from tf2migrate.model.inventory import Kind, VariableRow
from tf2migrate.model.names import split_path

Test = Callable[[VariableRow], bool]
Proposal: TypeAlias = "tuple[int, VariableRow, VariableRow, str]"
"""How strong the evidence is (0 is the strongest), the two rows, and the evidence."""

_DEFAULT = "Variable"
"""What eager mode calls a variable that the program gives no name: a path says more."""


def match_identical(matching: Matching, wanted: Test) -> None:
    """Settle pairs of open rows with one name or path, among those that `wanted` says.

    A path says more than a name: eager variables may share one name
    (`tf.Variable(name="w")` twice), so a name that occurs twice says nothing
    (more of that in `eager_names`).
    Where path and name point to different variables nothing is settled here.
    """
    before = [row for row in matching.open_before() if wanted(row)]
    after = [row for row in matching.open_after() if wanted(row)]
    telling = telling_names(matching)
    index = _Index.of(before, spelled=_DEFAULT in telling)
    proposals: dict[str, list[Proposal]] = {}
    for row in after:
        name = row.name if row.name in telling else None
        found = _proposal(row, name, index)
        if found is not None:
            proposals.setdefault(found[1].key, []).append(found)
    for several in proposals.values():
        best = min(rank for rank, *_ in several)
        first = [proposal for proposal in several if proposal[0] == best]
        if len(first) == 1:
            _, one, other, evidence = first[0]
            matching.join(one, other, evidence)


class _Index(NamedTuple):
    """The rows before by object path, by path read as a name, by name, and by further paths.

    Texts that several rows have are left out. `spelled` has names with one spelling
    for synonyms.
    """

    paths: Mapping[str, VariableRow]
    as_names: Mapping[str, VariableRow]
    names: Mapping[str, VariableRow]
    further: Mapping[str, VariableRow]
    spelled: Mapping[tuple[str, ...], VariableRow]

    @classmethod
    def of(cls, rows: Sequence[VariableRow], *, spelled: bool) -> _Index:
        further = [(_plain(alias), row) for row in rows for alias in row.aliases]
        return cls(
            _unique((row.path, row) for row in rows),
            _unique((path_name(row), row) for row in rows),
            _unique((row.name, row) for row in rows),
            _unique(further),
            {spelling(row.name): row for row in rows if spelled and row.name is not None},
        )


def _unique(pairs: Iterable[tuple[str | None, VariableRow]]) -> dict[str, VariableRow]:
    found = list(pairs)
    counted = Counter(text for text, _ in found)
    return {text: row for text, row in found if text is not None and counted[text] == 1}


def _plain(path: str) -> str:
    return "/".join(split_path(path))


def _proposal(row: VariableRow, name: str | None, index: _Index) -> Proposal | None:
    if row.path is not None and row.path in index.paths:
        return 0, index.paths[row.path], row, "same object path"
    text = path_name(row)
    by_path = index.names.get(text) if text is not None else None
    if by_path is None and row.path is None and row.name is not None:
        by_path = index.as_names.get(row.name)
    by_name = index.names.get(name) if name is not None else None
    if by_name is not None and text is not None and name == _DEFAULT:
        spelled = index.spelled.get(spelling(text))
        by_name = by_name if spelled is None else None
    if by_path is not None and by_name is not None and by_path.key != by_name.key:
        return None
    if by_path is not None:
        return 1, by_path, row, "object path and TF1 name are the same"
    if by_name is not None:
        return 2, by_name, row, "same variable name"
    return _by_further_paths(row, index)


def _by_further_paths(row: VariableRow, index: _Index) -> Proposal | None:
    """The row before that further paths of either object say, if all of them say one."""
    own = path_name(row) or row.name or ""
    found = [index.further.get(own)]
    for alias in row.aliases:
        found += (index.paths.get(alias), index.names.get(_plain(alias)))
    distinct = {one.key: one for one in found if one is not None}
    if len(distinct) != 1:
        return None
    (one,) = distinct.values()
    return 3, one, row, "a further object path and the TF1 name are the same"


def leave_conflicts(matching: Matching) -> None:
    """Leave those open rows unsettled whose path says one variable and whose name another."""
    names = {row.name: row for row in matching.open_before() if row.name is not None}
    counted = Counter(row.name for row in matching.open_after())
    before: dict[str, VariableRow] = {}
    after: list[VariableRow] = []
    for row in matching.open_after():
        text = path_name(row)
        by_path = names.get(text) if text is not None else None
        by_name = names.get(row.name) if row.name is not None and counted[row.name] == 1 else None
        if by_path is not None and by_name is not None and by_path.key != by_name.key:
            before |= {by_path.key: by_path, by_name.key: by_name}
            after.append(row)
    if after:
        reason = "the object path says one variable, the variable's own name another"
        matching.leave(before.values(), after, reason)


def match_kind(matching: Matching, kind: Kind, evidence: str) -> None:
    """Settle the only row of a kind on each side."""
    before = [row for row in matching.open_before() if row.kind is kind]
    after = [row for row in matching.open_after() if row.kind is kind]
    if len(before) == len(after) == 1:
        matching.join(before[0], after[0], evidence)
