"""Which files are TensorFlow 1 code, and which must keep the import they have."""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import NamedTuple

from tf2migrate.index import api
from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.programs import Programs
from tf2migrate.index.project import Project, Reference
from tf2migrate.model.facts import Import
from tf2migrate.rules.support.contrib_uses import ContribUses, contrib_uses
from tf2migrate.rules.support.origins import is_tensorflow, origin, root_of, spelled

# Names of releases before 1.0 that 1.15 has no more, with what they became.
OLD_NAMES = {
    "tf.audio_summary": "tf.summary.audio",
    "tf.batch_svd": "tf.linalg.svd",
    "tf.concat_v2": "tf.concat",
    "tf.histogram_summary": "tf.summary.histogram",
    "tf.image_summary": "tf.summary.image",
    "tf.merge_all_summaries": "tf.summary.merge_all",
    "tf.merge_summary": "tf.summary.merge",
    "tf.mul": "tf.multiply",
    "tf.neg": "tf.negative",
    "tf.pack": "tf.stack",
    "tf.scalar_summary": "tf.summary.scalar",
    "tf.select": "tf.where",
    "tf.sub": "tf.subtract",
    "tf.train.SummaryWriter": "tf.summary.FileWriter",
    "tf.unpack": "tf.unstack",
}
# What `tensorflow` of 1.15.5 has and `tensorflow.compat.v1` of 1.15.5 has not.
PLAIN_ONLY = ("contrib", "pywrap_tensorflow", "python", "core", "examples", "tools")
_V2_NAMES = ("tf.function", "tf.GradientTape", "tf.optimizers", "tf.random.set_seed",
             "tf.random.Generator", "tf.summary.create_file_writer")  # fmt: skip
_EAGER = "tf.enable_eager_execution"


class Verdict(Enum):
    """What happens to a file's `import tensorflow`."""

    TURN = "it becomes tensorflow.compat.v1"
    PLAIN = "a name that only plain TensorFlow 1.15 has keeps it"
    TF2 = "the file is written for TensorFlow 2"
    BOTH = "compat.v1 is imported too"
    MIXED = "the file has names of TensorFlow 1 and the style of TensorFlow 2"
    SHARED = "programs of TensorFlow 1 and of TensorFlow 2 use it"
    NEUTRAL = "no program that uses it is TensorFlow 1"


class Judgement(NamedTuple):
    """A verdict and the place that made it."""

    verdict: Verdict
    because: Occurrence | None = None


class Dialect:
    """TensorFlow 1 and 2 in the files of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.programs = Programs(project)
        self._judged: dict[str, Judgement] = {}

    @cached_property
    def contrib(self) -> dict[str, ContribUses]:
        return contrib_uses(self.project)

    @cached_property
    def proofs(self) -> dict[str, Occurrence]:
        """By file the first use of a TF1-only name through plain `tensorflow`."""
        return self._first_uses(plain=True)

    @cached_property
    def v1_proofs(self) -> dict[str, Occurrence]:
        """By file the first use of a TF1-only name through an import of `compat.v1`."""
        return self._first_uses(plain=False)

    def _first_uses(self, plain: bool) -> dict[str, Occurrence]:
        found: dict[str, Occurrence] = {}

        def note(file: FileIndex, at: Occurrence) -> None:
            old = found.get(file.path)
            if old is None or (old.file is not file) or (old.expr.start > at.expr.start):
                if old is None or at.file is file:
                    found[file.path] = at

        for name, references in self.project.by_name.items():
            if not (api.is_tf1_only(name) or name in OLD_NAMES):
                continue
            for ref in references:
                if self._way(ref) == ("plain" if plain else "v1"):
                    note(ref.at.file, ref.at)
                    source = self._origin(ref.at)
                    if source is not None and source is not ref.at.file:
                        note(source, ref.at)
        return found

    def _origin(self, at: Occurrence) -> FileIndex | None:
        found = origin(self.project, at.file, at.scope, root_of(at.expr).text)
        return None if found is None else found.file

    def _way(self, ref: Reference) -> str:
        """How a name is reached: `plain`, `v1` (an import of compat.v1), or another way."""
        name = spelled(self.project, ref.at)
        first, _, rest = name.partition(".")
        if first != "tensorflow" or rest.startswith(("python.", "core.")):
            return "other"
        if not rest.startswith("compat."):
            return "plain"
        source = origin(self.project, ref.at.file, ref.at.scope, root_of(ref.at.expr).text)
        dotted = "" if source is None else f"{source.item.module}.{source.item.name}"
        return "v1" if dotted.startswith("tensorflow.compat.v1") else "spelled"

    @cached_property
    def eager(self) -> dict[str, Occurrence]:
        """By file the first use of `enable_eager_execution` or `enable_v2_behavior`."""
        found: dict[str, Occurrence] = {}
        for name in (_EAGER, "tf.enable_v2_behavior", "tf.contrib.eager.enable_eager_execution"):
            for ref in self.project.by_name.get(name, ()):
                found.setdefault(ref.at.file.path, ref.at)
        return found

    @cached_property
    def v2_style(self) -> dict[str, Occurrence]:
        """By file the first use that TensorFlow 2 code makes."""
        found: dict[str, Occurrence] = {}
        for path, file in self.project.files.items():
            for at in file.occurrences("compat"):
                if (
                    at.expr.kind == "attr"
                    and at.parent is not None
                    and at.parent.text in ("v1", "v2")
                ):
                    base = self.project.resolve(file, at.scope, at.expr.parts[0])
                    if base is not None and base.name == "tensorflow":
                        found.setdefault(path, at)
        for name, references in self.project.by_name.items():
            if any(name == known or name.startswith(known + ".") for known in _V2_NAMES):
                for ref in references:
                    if self._way(ref) == "plain" and not self._eager_around(ref.at.file.path):
                        found.setdefault(ref.at.file.path, ref.at)
        return found

    def _eager_around(self, path: str) -> bool:
        return bool(self.eager) and not self.eager.keys().isdisjoint(self.programs.together(path))

    @cached_property
    def needs_plain(self) -> dict[str, Occurrence]:
        """By file a use, maybe in another file, that only the plain import of 1.15 has."""
        found: dict[str, Occurrence] = {}
        for uses in self.contrib.values():
            for source, ref in uses.needs(self.project):
                if not source.item.name or source.item.name == "*":
                    found.setdefault(source.file.path, ref.at)
        for name in PLAIN_ONLY[1:]:
            for file in self.project.files.values():
                for at in file.occurrences(name):
                    if at.expr.kind != "attr" or spelled(self.project, at) != f"tensorflow.{name}":
                        continue
                    source_file = self._origin(at)
                    if source_file is not None:
                        found.setdefault(source_file.path, at)
        return found

    def judge(self, path: str) -> Judgement:
        """What happens to the plain imports of TensorFlow in a file."""
        if path not in self._judged:
            self._judged[path] = self._judge(path)
        return self._judged[path]

    def _judge(self, path: str) -> Judgement:
        proof, v2 = self.proofs.get(path), self.v2_style.get(path)
        if self._has_v1(path, proof is not None):
            return Judgement(Verdict.BOTH)
        if v2 is not None:
            return Judgement(Verdict.TF2 if proof is None else Verdict.MIXED, v2)
        plain = self.needs_plain.get(path)
        if proof is not None:
            return (
                Judgement(Verdict.TURN, proof) if plain is None else Judgement(Verdict.PLAIN, plain)
            )
        together = self.programs.together(path)
        tf1 = next((self.proofs[p] for p in sorted(together) if p in self.proofs), None)
        if tf1 is None:
            return Judgement(Verdict.NEUTRAL)
        tf2 = [p for p in sorted(together) if p in self.v2_style and p not in self.proofs]
        if tf2:
            return Judgement(Verdict.SHARED, self.v2_style[tf2[0]])
        return Judgement(Verdict.TURN, tf1) if plain is None else Judgement(Verdict.PLAIN, plain)

    def _has_v1(self, path: str, proven: bool) -> bool:
        """Whether a file imports `tensorflow.compat.v1` beside, or instead of, plain TensorFlow."""
        items = [item for item in self.project.files[path].facts.imports if is_tensorflow(item)]
        new = {item.bound for item in items if is_v1_import(item)}
        old = {
            item.bound for item in items if item.module == "tensorflow" and not is_v1_import(item)
        }
        return bool(new & old) if proven else bool(new)

    def is_tf1(self, path: str) -> bool:
        """Whether a file runs as TensorFlow 1 code after the migration."""
        if path in self.proofs:
            return self.judge(path).verdict in (Verdict.TURN, Verdict.PLAIN)
        return path in self.v1_proofs


def dialect(project: Project) -> Dialect:
    """The `Dialect` of a project, made once."""
    if "dialect" not in project.memo:
        project.memo["dialect"] = Dialect(project)
    known = project.memo["dialect"]
    assert isinstance(known, Dialect)
    return known


def is_v1_import(item: Import) -> bool:
    """Whether an import binds `tensorflow.compat.v1`, or names of it."""
    if not is_tensorflow(item):
        return False
    return f"{item.module}.{item.name}.".startswith("tensorflow.compat.v1.")
