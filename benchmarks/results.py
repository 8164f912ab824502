"""What is measured of one repository; passed between processes as JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SITES = re.compile(r"TFM(?:[123]\d\d|50[4-7]|605)")
"""Savers, collections, initialisers, session frameworks, averages; else "other names"."""


@dataclass
class Measurement:
    """The numbers of one repository; lists hold `path:line text` for people."""

    files: int = 0
    unreadable: list[str] = field(default_factory=list)
    changed: int = 0
    seconds: float = 0.0
    megabytes: float = 0.0
    counts: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """Rewritten, kept, manual by code."""
    titles: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    hits: int = 0
    silent: list[str] = field(default_factory=list)
    indirect: list[str] = field(default_factory=list)
    """Hits whose statement has only sites of other names (imports, contrib, layers)."""
    aside: dict[str, int] = field(default_factory=dict)
    unread_hits: int = 0
    crashes: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    unstable: list[str] = field(default_factory=list)


def is_site(code: str) -> bool:
    """Whether the code is of the rules that the share of rewritten sites is asked for."""
    return _SITES.fullmatch(code) is not None
