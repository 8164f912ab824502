"""`tf.disable_v2_behavior()` at the entry of every TensorFlow 1 program.

What:
  A call after the imports at the top of every file that is run (it has a main
  guard, or nobody imports it and it does something, or it is a test) and that is,
  or imports, TensorFlow 1 code. Also in modules that build a part of the graph
  while they are imported, because that happens before the entry's next line.

Why:
  TensorFlow 2 executes eagerly. Placeholders and sessions need a graph, and
  variables, control flow and shapes of TensorFlow 1 need the rest of its behaviour.

Example:
  ```python
  import numpy as np
  import tensorflow as tf

  x = tf.placeholder(tf.float32)
  ```
  ```python
  import numpy as np
  import tensorflow.compat.v1 as tf

  tf.disable_v2_behavior()

  x = tf.placeholder(tf.float32)
  ```

Safety:
  Under TensorFlow 1.15 the call changes nothing, and it may be made twice. A program
  that chooses its behaviour itself (`disable_eager_execution`,
  `enable_eager_execution`, ...) is left alone. A program that imported
  `tensorflow.compat.v1` all along, and does not choose, may have been run under
  TensorFlow 2 as it is: there the call is made with `--unsafe` only.

Limits:
  A file that keeps its import, because it is TensorFlow 2 code or because only plain
  TensorFlow 1.15 has a name it uses, gets no call.
"""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.programs import is_test, main_guard
from tf2migrate.index.project import Project
from tf2migrate.model.edit import Insert
from tf2migrate.model.facts import Import, Statement
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.rules.base import Rule
from tf2migrate.rules.support.dialect import Dialect, Verdict, dialect, is_v1_import
from tf2migrate.rules.support.import_time import builds_graph, runs_something
from tf2migrate.rules.support.origins import is_tensorflow
from tf2migrate.rules.support.sites import place_of
from tf2migrate.rules.support.spelling import Spelling

CODES = {"TFM502": "A program of TensorFlow 1 is run"}
_CHOICES = (
    "tf.disable_v2_behavior",
    "tf.disable_eager_execution",
    "tf.enable_eager_execution",
    "tf.enable_v2_behavior",
    "tf.contrib.eager.enable_eager_execution",
)


def find(project: Project) -> Iterator[Finding | Kept]:
    """A finding for every entry, and for every module that builds a graph when imported."""
    known = dialect(project)
    chosen = _chosen(project)
    for path, file in project.files.items():
        guard = main_guard(file)
        builds = builds_graph(project, file)
        entry = _is_entry(known, file, guard, builds)
        if not entry and builds is None:
            continue
        reachable = known.programs.reachable(path)
        program = reachable if entry else known.programs.together(path)
        safety = _safety(known, file, program)
        if safety is None:
            continue
        place = place_of(file, builds.statement if builds is not None else _first(file))
        reason = _reason(known, file, chosen, reachable)
        if reason is not None:
            yield Kept("TFM502", place, reason)
        else:
            yield _finding(known, file, entry, safety)


def _safety(known: Dialect, file: FileIndex, program: frozenset[str]) -> Safety | None:
    """How sure it is that a file runs as TensorFlow 1; None if it does not."""
    plain = any(path in known.proofs and known.is_tf1(path) for path in program)
    if plain and not any(map(is_v1_import, file.facts.imports)):
        return Safety.SAFE
    return Safety.UNSAFE if plain or any(path in known.v1_proofs for path in program) else None


def _chosen(project: Project) -> dict[str, list[Occurrence]]:
    """By file the calls that choose between the behaviours of TensorFlow 1 and 2."""
    found: dict[str, list[Occurrence]] = {}
    for ref in project.calls(_CHOICES):
        found.setdefault(ref.at.file.path, []).append(ref.at)
    return found


def _is_entry(
    known: Dialect, file: FileIndex, guard: Statement | None, builds: Occurrence | None
) -> bool:
    if guard is not None:
        return True
    if not known.programs.is_entry(file.path):
        return False
    return builds is not None or _is_test_module(file) or runs_something(known.project, file)


def _is_test_module(file: FileIndex) -> bool:
    name = file.path.rpartition("/")[2]
    if not is_test(file.path) or name == "__init__.py":
        return False
    return any(
        scope.name.startswith(("test", "Test"))
        or scope.name.endswith(("Test", "Tests", "TestCase"))
        for scope in file.facts.scopes
    )


def _first(file: FileIndex) -> Statement:
    """The first import of TensorFlow at module level, else the first statement."""
    for item in file.facts.imports:
        if item.scope == 0 and is_tensorflow(item):
            return file.facts.statements[item.statement]
    return file.facts.statements[0]


def _reason(
    known: Dialect, file: FileIndex, chosen: dict[str, list[Occurrence]], reachable: frozenset[str]
) -> str | None:
    """Why a file needs no call."""
    for path in sorted(reachable, key=lambda other: (other != file.path, other)):
        for at in chosen.get(path, ()):
            if path == file.path or at.scope == 0:
                code = at.file.facts.code(at.expr)
                return f"the program calls {code} at {place_of(at.file, at.expr)}"
    if not any(is_tensorflow(item) for item in file.facts.imports):
        return None
    verdict = known.judge(file.path).verdict
    if verdict in (Verdict.TURN, Verdict.BOTH):
        return None
    plain = any(item.module == "tensorflow" for item in file.facts.imports)
    return verdict.value if plain else None


def _finding(known: Dialect, file: FileIndex, entry: bool, safety: Safety) -> Finding:
    spelling = Spelling(known.project, file)
    anchors = _anchors(file)
    name = _name(file) or spelling.tf("tf.disable_v2_behavior").rpartition(".")[0]
    code = f"{name}.disable_v2_behavior()"
    edits = [*spelling.edits]
    for anchor, lonely in anchors:
        above = "\n" if lonely else ""
        below = "\n\n" if lonely and not _blank_below(file, anchor) else ""
        edits.append(Insert(file.path, anchor.span, f"{above}{code}{below}", after=True))
    what = "the program" if entry else "the module, which builds a graph when it is imported,"
    message = f"{what} runs with the behaviour of TensorFlow 1"
    return Finding("TFM502", place_of(file, anchors[0][0]), message, safety, tuple(edits))


def _name(file: FileIndex) -> str | None:
    """The name that is bound to `tensorflow.compat.v1` after the migration, at module level."""
    modules = [i for i in file.facts.imports if is_tensorflow(i) and _is_whole(i)]
    modules.sort(key=lambda item: (item.scope != 0, not is_v1_import(item), item.start))
    return modules[0].bound if modules else None


def _is_whole(item: Import) -> bool:
    dotted = f"{item.module}.{item.name}" if item.name else item.module
    return dotted in ("tensorflow", "tensorflow.compat.v1")


def _anchors(file: FileIndex) -> list[tuple[Statement, bool]]:
    """After which statements the call goes, and whether blank lines go around it."""
    top = [item for item in file.facts.statements if item.parent < 0]
    whole = [item for item in file.facts.imports if is_tensorflow(item) and _is_whole(item)]
    inside = [item for item in whole if item.scope != 0]
    if inside and len(inside) == len(whole):
        return [(file.facts.statements[item.statement], False) for item in inside]
    starts = [_top(file, item) for item in whole if item.scope == 0]
    if not starts:
        starts = [s for s in top if _is_import(file, s) and not _is_future(file, s)]
    if not starts:
        return [(top[0], True)]
    index = top.index(starts[0])
    while index + 1 < len(top) and _is_import(file, top[index + 1]):
        index += 1
    return [(top[index], True)]


def _top(file: FileIndex, item: Import) -> Statement:
    """The statement at the outermost level around an import."""
    statement = file.facts.statements[item.statement]
    return next((s for s in [statement, *file.ancestors(statement)] if s.parent < 0), statement)


def _is_import(file: FileIndex, statement: Statement) -> bool:
    """Whether a statement is an import, or a compound one that holds nothing else."""
    if statement.kind == "import":
        return True
    if statement.kind not in ("try", "if", "handler"):
        return False
    return all(
        _is_import(file, child) or child.text == "pass" for child in file.children(statement)
    )


def _is_future(file: FileIndex, statement: Statement) -> bool:
    items = [item for item in file.facts.imports if item.statement == statement.id]
    return any(item.module == "__future__" for item in items)


def _blank_below(file: FileIndex, statement: Statement) -> bool:
    """Whether the line below a statement is blank, or the file ends."""
    text = file.facts.text
    end = text.find(b"\n", statement.end)
    if end < 0:
        return True
    following = text.find(b"\n", end + 1)
    return not text[end + 1 : following if following >= 0 else len(text)].strip()


RULE = Rule(codes=CODES, doc=__doc__, find=find)
