"""The whole run: files to facts to Plan to new bytes to disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tf2migrate.config import Config
from tf2migrate.files.cache import FactsCache, default_folder
from tf2migrate.files.discover import Found, discover, find_project_root
from tf2migrate.files.gather import gather, without_gc
from tf2migrate.files.reading import Reading, read_project
from tf2migrate.files.render import Rendered, render_plan
from tf2migrate.files.write import WriteError, write_all
from tf2migrate.index.project import Project
from tf2migrate.model.plan import FileRecord, Plan
from tf2migrate.model.problem import TOOL_FAILED
from tf2migrate.planner import Options, Selection, make_plan
from tf2migrate.rules import RULES
from tf2migrate.syntax.source import Source

__all__ = [
    "Outcome",
    "Rendered",
    "WriteError",
    "analyse",
    "apply",
    "find_project_root",
    "migrate_tree",
    "render",
]

Progress = Callable[[int, int], None]
_NONE: Mapping[str, bytes] = {}


@dataclass(frozen=True)
class Outcome:
    """What `analyse` found: the plan, and the sources that its edits refer to."""

    root: Path
    plan: Plan
    sources: Mapping[str, Source] = field(repr=False)

    @property
    def failed(self) -> bool:
        """Whether tf2migrate itself failed somewhere (exit status 2)."""
        return any(finding.code == TOOL_FAILED for finding in self.plan.findings)


def analyse(
    root: Path,
    paths: Sequence[Path],
    config: Config,
    *,
    overrides: Mapping[str, bytes] = _NONE,
    jobs: int = 1,
    unsafe: bool = False,
    force_exclude: bool = False,
    cache: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Everything that a run over `paths` decides; nothing is written.

    The whole project below `root` is read, for what one file means depends on
    the others; `paths` limit what is reported and may be changed.

    Args:
      root: the project root.
      paths: files and folders, absolute or relative to `root`.
      overrides: bytes by path (relative to `root`) that stand for those on disk.
      jobs: the number of processes that parse.
      unsafe: also apply `UNSAFE` findings.
      force_exclude: leave out ignored files even if `paths` name them.
      cache: keep facts in the user's cache folder for the next run.
      progress: called with the number of files parsed and that of all.
    """
    root = root.resolve()
    paths = [path for path in paths if _relative(root, path) not in overrides]
    asked = discover(root, paths, config.exclude, force_exclude=force_exclude)
    everything = discover(root, [root], config.exclude)
    scope = _scope(asked, everything, overrides)
    with without_gc():
        reading = read_project(root, asked, everything, overrides)
        store = FactsCache(default_folder()) if cache else None
        found = gather(list(reading.sources.values()), jobs=jobs, cache=store, progress=progress)
        reading.sort_out(found)
        project = Project(reading.facts, config.source_roots or ("",))
        plan = make_plan(project, RULES, _options(root, config, reading, scope, unsafe))
    return Outcome(root, plan, {path: reading.sources[path] for path in reading.facts})


def render(outcome: Outcome, plan: Plan | None = None) -> Rendered:
    """The new bytes of every file that the plan (the outcome's own, or another) changes."""
    return render_plan(outcome.plan if plan is None else plan, outcome.sources)


def apply(
    root: Path, rendered: Mapping[str, bytes], records: Iterable[FileRecord]
) -> tuple[str, ...]:
    """Write the files if each is still as `records` say; all of them or none.

    Returns:
      The paths that were written.

    Raises:
      WriteError: a file has changed meanwhile or cannot be written; nothing is changed.
    """
    digests = {record.path: record.digest for record in records}
    write_all({root / path: (data, digests.get(path, "")) for path, data in rendered.items()})
    return tuple(rendered)


def migrate_tree(root: Path, target: str = "graph") -> dict[str, bytes]:
    """Every Python file below `root` as `fix` would leave it, by relative path."""
    root = root.resolve()
    outcome = analyse(root, [root], Config(target=target))
    rendered = render(outcome)
    return {
        path: rendered.files[path] if path in rendered.files else (root / path).read_bytes()
        for path in discover(root, [root]).files
    }


def _relative(root: Path, path: Path) -> str:
    full = root / path
    return full.relative_to(root).as_posix() if full.is_relative_to(root) else full.as_posix()


def _scope(
    asked: Found, everything: Found, overrides: Mapping[str, bytes]
) -> frozenset[str] | None:
    """The files asked about; None if that is the whole project."""
    files = {*asked.files, *(problem.path for problem in asked.problems)}
    whole = {*everything.files, *(problem.path for problem in everything.problems)}
    return None if files >= whole else frozenset(files | set(overrides))


def _options(
    root: Path, config: Config, reading: Reading, scope: frozenset[str] | None, unsafe: bool
) -> Options:
    return Options(
        root=str(root),
        target="graph" if config.target == "auto" else config.target,
        files=reading.records(),
        unsafe=unsafe,
        selection=Selection(config.select, config.ignore, config.per_file_ignores, scope),
        findings=tuple(problem.finding() for problem in reading.problems),
    )
