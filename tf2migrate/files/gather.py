"""The facts of many files, in parallel, none of which can stop the run."""

from __future__ import annotations

import gc
import multiprocessing
import pickle
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing.context import BaseContext

from tf2migrate.files.cache import FactsCache
from tf2migrate.model.facts import FileFacts
from tf2migrate.model.problem import TOOL_FAILED, Problem
from tf2migrate.syntax.facts import collect
from tf2migrate.syntax.python2 import explain_syntax_error
from tf2migrate.syntax.source import Source

Facts = FileFacts | Problem
Progress = Callable[[int, int], None]
_CHUNKS_PER_JOB = 6
_WORTH_A_PROCESS = 1_000_000
"""Bytes of source below which starting processes takes longer than it saves."""


def failure(path: str, error: BaseException) -> Problem:
    """The problem that says that tf2migrate itself failed on a file."""
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    message = f"tf2migrate failed on this file ({what}); the file was left as it is"
    return Problem(path, TOOL_FAILED, 1, message)


def facts_of(source: Source) -> Facts:
    """The facts of one file or why there are none. Never raises."""
    try:
        return collect(source)
    except SyntaxError as error:
        return explain_syntax_error(source, error)
    except Exception as error:  # RecursionError and MemoryError among them
        return failure(source.path, error)


def gather(
    sources: Sequence[Source],
    *,
    jobs: int = 1,
    cache: FactsCache | None = None,
    progress: Progress | None = None,
) -> dict[str, Facts]:
    """The facts of each source by path, in the order of `sources`."""
    with without_gc():
        found: dict[str, Facts] = {}
        for path, facts in _each(sources, jobs, cache):
            found[path] = facts
            if progress:
                progress(len(found), len(sources))
    return {source.path: found[source.path] for source in sources}


@contextmanager
def without_gc() -> Iterator[None]:
    """No garbage collection: facts have no cycles, and looking for them doubles the time.

    What was made meanwhile stays out of later collections too, also of that at exit.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def _each(
    sources: Sequence[Source], jobs: int, cache: FactsCache | None
) -> Iterator[tuple[str, Facts]]:
    missing = []
    for source in sources:
        known = cache.get(source) if cache else None
        if known is None:
            missing.append(source)
        else:
            yield source.path, known
    parallel = jobs > 1 and sum(len(source.raw) for source in missing) > _WORTH_A_PROCESS
    for source, facts in _parallel(missing, jobs, cache) if parallel else _serial(missing, cache):
        yield source.path, facts
    if cache:
        cache.prune()


def _serial(sources: Sequence[Source], cache: FactsCache | None) -> Iterator[tuple[Source, Facts]]:
    for source in sources:
        facts = facts_of(source)
        if cache and isinstance(facts, FileFacts):
            cache.put(source, pickle.dumps(facts, pickle.HIGHEST_PROTOCOL))
        yield source, facts


def _parallel(
    sources: Sequence[Source], jobs: int, cache: FactsCache | None
) -> Iterator[tuple[Source, Facts]]:
    by_path = {source.path: source for source in sources}
    for path, payload in _in_processes(_chunks(sources, jobs), jobs):
        source = by_path.pop(path)
        yield source, _unpickle(source, payload, cache)
    for source in by_path.values():  # a process died; find out on which file
        result = dict(_in_processes([[source]], 1))
        if source.path in result:
            yield source, _unpickle(source, result[source.path], cache)
        else:
            died = RuntimeError("the process that parsed it died")
            yield source, failure(source.path, died)


def _in_processes(chunks: Sequence[Sequence[Source]], jobs: int) -> Iterator[tuple[str, bytes]]:
    """The pickled facts of the files of every chunk whose process lived."""
    with ProcessPoolExecutor(jobs, mp_context=_context(), initializer=gc.disable) as pool:
        futures: list[Future[Mapping[str, bytes]]] = [pool.submit(_work, c) for c in chunks]
        for future in as_completed(futures):
            try:
                results = future.result()
            except Exception:  # BrokenProcessPool, for this chunk and those after it
                continue
            yield from results.items()


def _work(chunk: Sequence[Source]) -> Mapping[str, bytes]:
    return {each.path: pickle.dumps(facts_of(each), pickle.HIGHEST_PROTOCOL) for each in chunk}


def _unpickle(source: Source, payload: bytes, cache: FactsCache | None) -> Facts:
    facts: Facts = pickle.loads(payload)
    if cache and isinstance(facts, FileFacts):
        cache.put(source, payload)
    return facts


def _chunks(sources: Sequence[Source], jobs: int) -> list[list[Source]]:
    """Chunks of about equal size in bytes, large files first."""
    count = max(1, min(len(sources), jobs * _CHUNKS_PER_JOB))
    chunks: list[list[Source]] = [[] for _ in range(count)]
    for index, source in enumerate(sorted(sources, key=lambda source: -len(source.raw))):
        chunks[index % count].append(source)
    return chunks


def _context() -> BaseContext:
    """Forking is fastest, but only safe while no other thread runs."""
    forks = "fork" in multiprocessing.get_all_start_methods()
    return multiprocessing.get_context(
        "fork" if forks and threading.active_count() == 1 else "spawn"
    )
