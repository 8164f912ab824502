"""What the tool makes of one repository; run in a process of its own for its peak memory."""

from __future__ import annotations

import json
import re
import resource
import sys
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

from benchmarks.results import Measurement, is_site
from benchmarks.silent import Hit, Text, read_text, search
from tf2migrate.cli.catalogue import catalogue
from tf2migrate.config import Config
from tf2migrate.model.finding import Finding, Kept
from tf2migrate.model.problem import REWRITE_FAILED, TOOL_FAILED
from tf2migrate.pipeline import Outcome, analyse, render
from tf2migrate.report.statistics import count

_PLACE = re.compile(r"\s*\(because of [^()]*(?:\([^()]*\)[^()]*)*\)")
_PATH = re.compile(r"[\w./-]+\.py(?::\d+)*")
_QUOTED = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"")
_BLOCK = re.compile(rb"(?:async|class|def|for|while|with)\b|@")
_BYTES_OF_RSS = 1 if sys.platform == "darwin" else 1024


def measure(root: Path) -> Measurement:
    """Plan the repository and render it; then check what came out."""
    root = root.resolve()
    start = perf_counter()
    outcome = analyse(root, [root], Config())
    rendered = render(outcome)
    seconds = perf_counter() - start
    result = Measurement(seconds=seconds, megabytes=_peak())
    plan = rendered.plan
    result.files = len(plan.files)
    result.changed = len(rendered.files)
    for each in count(plan, catalogue()):
        if not each.code.startswith("TFM9"):
            left = each.manual + each.held + each.unsafe
            result.counts[each.code] = (each.rewritten, each.kept, left)
            result.titles[each.code] = each.title
    for finding in plan.findings:
        if finding.code in (TOOL_FAILED, REWRITE_FAILED):
            result.crashes.append(f"{finding.place} {finding.message}")
    manual = [each for each in plan.remaining() if is_site(each.code)]
    result.reasons = dict(Counter(f"{each.code} {reason(each.message)}" for each in manual))
    result.unreadable = [each.path for each in plan.files if each.status == "unreadable"]
    _silence(root, outcome, (*plan.findings, *plan.kept), result)
    result.broken = [line for path, data in rendered.files.items() for line in _broken(path, data)]
    again = analyse(root, [root], Config(), overrides=rendered.files)
    result.unstable = sorted(render(again).files)
    return result


def reason(message: str) -> str:
    """A message without what differs from place to place."""
    text = _PLACE.sub("", message.removeprefix("kept as it is: "))
    return re.sub(r"\d+", "N", _QUOTED.sub("`…`", _PATH.sub("FILE", text)))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _BYTES_OF_RSS / 1e6


def _silence(
    root: Path, outcome: Outcome, known: Iterable[Finding | Kept], result: Measurement
) -> None:
    """Search the text of all files and note the hits that nothing in the plan covers."""
    status = {each.path: each.status for each in outcome.plan.files}
    spans: dict[tuple[str, bool], list[tuple[int, int]]] = {}
    for site in known:
        if site.code in result.counts:
            key = (site.place.path, is_site(site.code))
            spans.setdefault(key, []).append(_lines(outcome, site))
    texts: list[Text] = []
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        try:
            with tokenize.open(path) as stream:
                texts.append(read_text(name, stream.read()))
        except (SyntaxError, tokenize.TokenError, UnicodeDecodeError, OSError):
            if status.get(name) != "unreadable":
                result.silent.append(f"{name}:1 this file has no tokens, and is not reported")
    aside: Counter[str] = Counter()
    for hit in search(texts):
        if hit.reason:
            aside[hit.reason] += 1
        elif status.get(hit.path) in ("unreadable", "generated"):
            result.unread_hits += 1
        else:
            result.hits += 1
            if not _covered(hit, spans.get((hit.path, True), ())):
                other = _covered(hit, spans.get((hit.path, False), ()))
                found = result.indirect if other else result.silent
                found.append(f"{hit.path}:{hit.line} {_line(root / hit.path, hit.line)}")
    result.aside = dict(aside)


def _lines(outcome: Outcome, site: Finding | Kept) -> tuple[int, int]:
    """The first and the last line of a site; of a long block only the line of its head."""
    text, place = outcome.sources[site.place.path].text, site.place
    if _BLOCK.match(text, place.span.start):
        return place.line, place.line
    return place.line, place.line + text.count(b"\n", place.span.start, place.span.end)


def _covered(hit: Hit, spans: Iterable[tuple[int, int]]) -> bool:
    return any(first <= hit.last and hit.first <= last for first, last in spans)


def _line(path: Path, number: int) -> str:
    with tokenize.open(path) as stream:
        return stream.read().split("\n")[number - 1].strip()


def _broken(path: str, data: bytes) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(data, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        return [f"{path} {error}"]
    return []


if __name__ == "__main__":
    print(json.dumps(asdict(measure(Path(sys.argv[1])))))
