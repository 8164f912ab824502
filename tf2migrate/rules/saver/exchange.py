"""Which Savers may read each other's files: their Checkpoints must agree on the keys.

A Checkpoint of owners and a Checkpoint by name cannot read each other's files, and
neither reads a file that a Saver (one that stays, or a framework's) has written.
"""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import dirname

from tf2migrate.index.owners import Cover, cover
from tf2migrate.index.programs import Programs, is_test
from tf2migrate.index.project import Project, Reference
from tf2migrate.index.savers import Construction, SaverGroup
from tf2migrate.index.sets import ALL_VARIABLES, kind_of_set
from tf2migrate.rules.saver.owned import build_owned

_WRITERS = (
    "tf.estimator.Estimator", "tf.contrib.learn.Estimator", "tf.contrib.tpu.TPUEstimator",
    "tf.estimator.tpu.TPUEstimator", "tf.contrib.slim.learning.train",
    "tf.contrib.training.train", "tf.train.CheckpointSaverHook",
)  # fmt: skip


class Exchange:
    """The Savers of a project and the files that pass between them."""

    def __init__(self, project: Project, programs: Programs, groups: list[SaverGroup]) -> None:
        self.project = project
        self.programs = programs
        self.groups = groups
        self._covers: dict[int, Cover | None] = {}
        for group in groups:
            for built in group.constructions:
                self._covers[id(built)] = self._cover(built)
        self._signatures = {
            id(built): _signature(self._covers[id(built)], group)
            for group in groups
            for built in group.constructions
        }

    def owners(self, built: Construction, group: SaverGroup) -> Cover | None:
        """The owners of what a Saver holds, if every Saver it shares files with agrees."""
        found = self._covers[id(built)]
        if found is None:
            return None
        own = self._signatures[id(built)]
        related = {id(item) for item in (group, *self.partners(group))}
        for other in self.groups:
            for second in other.constructions:
                signature = self._signatures[id(second)]
                # Both would hang their variables on the same module.
                shared = signature is not None and second.at.file is built.at.file
                if (shared or id(other) in related) and not _agree(own, signature):
                    return None
        return found

    def partners(self, group: SaverGroup) -> list[SaverGroup]:
        """The other groups that may read what this one writes, or the other way round."""
        return [
            other
            for other in self.groups
            if other is not group
            and ((group.saves and other.restores) or (group.restores and other.saves))
            and self._near(group, other)
        ]

    def foreign_writer(self, group: SaverGroup, near: bool) -> Reference | None:
        """A framework that may write the files which the group reads.

        Looked for in the programs of the group and, with `near`, in its folders.
        """
        if group.saves or not group.restores:
            return None
        paths = self._paths(group)
        folders = {dirname(path) for path in paths}
        files = self._files(paths)
        tests = any(is_test(path) for path in paths)
        for name in _WRITERS:
            for reference in self.project.by_name.get(name, ()):
                path = reference.at.file.path
                if reference.call is None or is_test(path) != tests:
                    continue
                if path in files or (near and dirname(path) in folders):
                    return reference
        return None

    def _near(self, one: SaverGroup, other: SaverGroup) -> bool:
        """Whether two groups are in one program or one folder."""
        first, second = self._paths(one), self._paths(other)
        if any(map(is_test, first)) or any(map(is_test, second)):
            return bool(first & second)
        if {dirname(path) for path in first} & {dirname(path) for path in second}:
            return True
        return bool(self._files(first) & self._files(second))

    def _files(self, paths: Iterable[str]) -> set[str]:
        return {other for path in paths for other in self.programs.together(path)}

    @staticmethod
    def _paths(group: SaverGroup) -> set[str]:
        places = [built.at for built in group.constructions]
        places += [member.at for member in group.members]
        return {at.file.path for at in places}

    def _cover(self, built: Construction) -> Cover | None:
        if built.args is None:
            return None
        at = built.at
        value = built.args.get("var_list")
        whole = kind_of_set(self.project, at.file, at.scope, value) == "all"
        if not whole and value is not None and value.kind == "call" and len(value.parts) == 1:
            name = self.project.canonical(at.file, at.scope, value.parts[0])
            whole = name in ALL_VARIABLES
        found = cover(self.project, self.programs, built) if whole else None
        named = found is not None and build_owned(self.project, built, found) is not None
        return found if named else None


_Signature = tuple[object, ...] | None


def _signature(found: Cover | None, group: SaverGroup) -> _Signature:
    """What decides the keys of a Checkpoint of owners; None where the keys are names."""
    if found is None:
        return None
    names = tuple(item.attribute for item in found.tracked)
    if found.owner_class is not None:
        return (found.file.path, found.owner_class.id, names, "")
    code = found.file.facts.code
    literal = tuple(
        tuple("" if key is None else code(key) for key in value.keys)
        for item in found.tracked
        if (value := item.statement.value) is not None
    )
    slots = tuple(
        code(u.made.expr.parts[0]) + code(u.optimizer.expr) for u in found.updaters if u.made
    )
    reads = "reads" if not slots and not group.saves else slots
    return ("module", names, literal, reads)


def _agree(one: _Signature, other: _Signature) -> bool:
    if one is None or other is None:
        return False
    same_slots = one[3] == other[3] or "reads" in (one[3], other[3])
    return one[:3] == other[:3] and same_slots
