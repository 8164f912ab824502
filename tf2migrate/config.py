"""The settings of a project: `[tool.tf2migrate]` of its pyproject.toml.

A wrong setting stops the run: a typo that silently selects nothing would look
like a migrated project.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pathspec import GitIgnoreSpec

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE_NAME = "pyproject.toml"
TARGETS = ("auto", "graph", "eager")
_NO_IGNORES: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class ConfigError(Exception):
    """A setting is wrong; the message names the file, the key and the remedy."""


@dataclass(frozen=True)
class Config:
    """What to look for, where, and for which target.

    Attributes:
      select: codes or prefixes of codes to report; none means all.
      ignore: codes or prefixes not to report; of two prefixes that match a
        code the longer one decides, of equal ones `ignore`.
      per_file_ignores: codes or prefixes by gitignore-style pattern of paths.
      exclude: gitignore-style patterns of paths that are not read.
      target: `auto`, `graph` or `eager`.
      source_roots: folders, relative to the project root, that are on the
        program's `sys.path`.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NO_IGNORES)
    exclude: tuple[str, ...] = ()
    target: str = "auto"
    source_roots: tuple[str, ...] = ()

    def overridden(
        self,
        *,
        select: Iterable[str] = (),
        ignore: Iterable[str] = (),
        target: str | None = None,
    ) -> Config:
        """This config with what the command line says instead of the file."""
        return replace(
            self,
            select=tuple(select) or self.select,
            ignore=tuple(ignore) or self.ignore,
            target=target or self.target,
        )


def load(root: Path, known: Collection[str] = ()) -> Config:
    """The config of the project at `root`; the default one when it has none.

    `known` are the codes that exist; without them codes are not checked.
    """
    path = root / FILE_NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    table = _section(path, data)
    reader = _Reader(path, known)
    fields = {}
    for key, value in table.items():
        name, convert = reader.setting(key)
        fields[name] = convert(key, value)
    return Config(**fields)


def check_codes(codes: Iterable[str], known: Collection[str]) -> None:
    """Raise ConfigError for the first of `codes` that is no (prefix of a) code."""
    for code in codes:
        if known and not any(each.startswith(code) for each in known):
            raise ConfigError(unknown_code(code, known))


def unknown_code(code: str, known: Collection[str]) -> str:
    """What to say of a code that does not exist."""
    meant = difflib.get_close_matches(code.upper(), sorted(known), n=1, cutoff=0.5)
    remedy = f"did you mean {meant[0]}?" if meant else "`tf2migrate rules` lists them"
    return f"unknown code {code!r}; {remedy}"


def _section(path: Path, data: bytes) -> dict[str, Any]:
    try:
        document: dict[str, Any] = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start} is not UTF-8, which TOML must be") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    tool = document.get("tool", {})
    section = tool.get("tf2migrate", {}) if isinstance(tool, dict) else {}
    if not isinstance(section, dict):
        raise ConfigError(f"{path}: tool.tf2migrate must be a table: write [tool.tf2migrate]")
    return section


_Convert = Callable[[str, Any], Any]


class _Reader:
    """Checks the values of one file's section."""

    def __init__(self, path: Path, known: Collection[str]) -> None:
        self._path = path
        self._known = known

    def setting(self, key: str) -> tuple[str, _Convert]:
        """The field of `Config` that `key` sets and how its value is read."""
        settings: dict[str, _Convert] = {
            "select": self.codes,
            "ignore": self.codes,
            "per-file-ignores": self.ignores,
            "exclude": self.patterns,
            "target": self.target,
            "source-roots": self.folders,
        }
        if key not in settings:
            meant = difflib.get_close_matches(key.replace("_", "-"), settings, n=1, cutoff=0.6)
            remedy = f"did you mean {meant[0]!r}?" if meant else f"known: {', '.join(settings)}"
            raise self.error(key, f"unknown key; {remedy}")
        return key.replace("-", "_"), settings[key]

    def error(self, key: str, problem: str) -> ConfigError:
        return ConfigError(f"{self._path}: tool.tf2migrate.{key}: {problem}")

    def strings(self, key: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, f"must be a list of strings, not {_shown(value)}")
        if "" in value:
            raise self.error(key, "holds an empty string; remove it")
        return tuple(value)

    def codes(self, key: str, value: Any) -> tuple[str, ...]:
        codes = self.strings(key, value)
        try:
            check_codes(codes, self._known)
        except ConfigError as error:
            raise self.error(key, str(error)) from None
        return codes

    def patterns(self, key: str, value: Any) -> tuple[str, ...]:
        patterns = self.strings(key, value)
        for pattern in patterns:
            try:
                GitIgnoreSpec.from_lines([pattern])
            except ValueError as error:
                raise self.error(key, f"bad pattern {pattern!r}: {error}") from None
        return patterns

    def ignores(self, key: str, value: Any) -> Mapping[str, tuple[str, ...]]:
        if not isinstance(value, dict):
            problem = f"must be a table of pattern = [codes], not {_shown(value)}"
            raise self.error(key, problem)
        self.patterns(key, list(value))
        return MappingProxyType(
            {pattern: self.codes(f"{key}.{pattern!r}", codes) for pattern, codes in value.items()}
        )

    def target(self, key: str, value: Any) -> str:
        if value not in TARGETS:
            choices = ", ".join(map(repr, TARGETS))
            raise self.error(key, f"must be one of {choices}, not {_shown(value)}")
        return str(value)

    def folders(self, key: str, value: Any) -> tuple[str, ...]:
        folders = self.strings(key, value)
        for folder in folders:
            if not (self._path.parent / folder).is_dir():
                raise self.error(key, f"there is no folder {folder!r} next to {FILE_NAME}")
        return folders


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
