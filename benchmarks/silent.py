"""The names of the rules' idioms in source text, found without the tool's own index.

A tokenizer and lists of names: it knows no types and follows no imports across
files, so that what it finds does not depend on what the rules understand. What is
plainly not TensorFlow's is set aside for one of the `REASONS`, each of which needs
evidence in the text of the file or a definition in the project.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

_NAMES = """
    Saver latest_checkpoint get_checkpoint_state update_checkpoint_state last_checkpoints
    recover_last_checkpoints set_last_checkpoints set_last_checkpoints_with_time
    import_meta_graph export_meta_graph init_from_checkpoint assign_from_checkpoint
    assign_from_checkpoint_fn
    get_collection get_collection_ref add_to_collection add_to_collections GraphKeys
    global_variables local_variables model_variables moving_average_variables
    trainable_variables all_variables get_variables_to_restore get_model_variables
    get_trainable_variables get_variables_by_name get_variables_by_suffix
    global_variables_initializer local_variables_initializer variables_initializer
    initialize_all_variables initialize_local_variables initialize_variables
    tables_initializer initialize_all_tables report_uninitialized_variables
    is_variable_initialized assert_variables_initialized
    ExponentialMovingAverage variables_to_restore
    Supervisor MonitoredTrainingSession MonitoredSession SingularMonitoredSession Scaffold
"""
NAMES = frozenset(_NAMES.split())
METHODS = frozenset(("save", "restore"))
"""Idioms only after a dot and with a Saver before or a session in the parentheses."""

REASONS = {
    "import": "an import statement: what it binds is counted where it is used",
    "definition": "the `def` or `class` of a name of the project's own",
    "keyword": "the name of a keyword argument",
    "own name": "a bare name that the same file defines, assigns or takes as a parameter, "
    "or imports from a module of the project that defines it",
    "own module": "an attribute of a module of the project that defines the name",
    "own attribute": "`self.NAME` where the project defines a method or attribute of the name",
    "own method": "a method of the name is defined in the project, and the object before the dot "
    "is neither an imported name nor called anything like a Saver, graph or average",
    "other library": "an attribute of a module imported from a library that is not TensorFlow",
    "attribute": "`x.trainable_variables` and the like without a call, where `x` is not an "
    "imported name: an object's list of variables; TensorFlow's functions are called",
}
_TENSORFLOW = re.compile(r"tensorflow|tf_slim\b|tf$|slim\b")
_MODULE = re.compile(r"^tf$|train$|slim$|variables$|framework$|ops$")
_LIKE = re.compile(r"saver|graph|ema\b|average|sess", re.IGNORECASE)
_SESSION = re.compile(r"sess", re.IGNORECASE)
_SKIPPED = (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)


class Hit(NamedTuple):
    """A name of an idiom in a statement; lines count from 1, `last` is the statement's."""

    path: str
    name: str
    line: int
    first: int
    last: int
    reason: str = ""


class _Token(NamedTuple):
    type: int
    text: str
    line: int


@dataclass
class Text:
    """One file as logical lines of tokens, and what it binds."""

    path: str
    lines: list[list[_Token]]
    imported: dict[str, str] = field(default_factory=dict)
    """The dotted module or name by the name that an import binds."""
    bound: set[str] = field(default_factory=set)
    """Names that are assigned or are parameters."""
    defined: set[str] = field(default_factory=set)
    """Names of `def` and `class`, and attributes of `self` that are assigned."""


def read_text(path: str, source: str) -> Text:
    """Raises SyntaxError or tokenize.TokenError where the text has no tokens."""
    lines: list[list[_Token]] = [[]]
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NEWLINE:
            lines.append([])
        elif token.type not in _SKIPPED:
            lines[-1].append(_Token(token.type, token.string, token.start[0]))
    text = Text(path, [line for line in lines if line])
    for line in text.lines:
        _note(text, line)
    return text


def _note(text: Text, line: Sequence[_Token]) -> None:
    words = [token.text for token in line]
    if words[0] in ("import", "from"):
        module = "".join(words[1 : words.index("import")]) if words[0] == "from" else ""
        names = " ".join(words[words.index("import") + 1 :]).strip("() ")
        for part in names.replace(" . ", ".").split(","):
            name, _, alias = part.strip().partition(" as ")
            bound = alias.strip() or (name if module else name.partition(".")[0])
            if bound:
                text.imported[bound] = f"{module}.{name}".lstrip(".") if module else name
        return
    depth = 0
    for at, word in enumerate(words):
        depth += (word in "([{") - (word in ")]}")
        before, after = words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
        if before in ("def", "class"):
            text.defined.add(word)
        elif words[0] in ("def", "async", "for") and before in ("(", ",", "*", "for"):
            text.bound.add(word)
        elif after == "=" and not depth:
            if before == ".":
                text.defined.add(word)
            else:
                text.bound.add(word)


def search(texts: Iterable[Text]) -> Iterator[Hit]:
    """Every hit in the project; `reason` is one of `REASONS` where it is set aside."""
    texts = list(texts)
    modules: dict[str, set[str]] = {}
    for text in texts:
        path = PurePosixPath(text.path)
        stem = path.parent.name if path.stem == "__init__" else path.stem
        modules.setdefault(stem, set()).update(text.defined)
        for folder in path.parts[:-1]:
            modules.setdefault(folder, set())
    everywhere = set().union(*modules.values()) if modules else set()
    for text in texts:
        for line in text.lines:
            for at in range(len(line)):
                name = _idiom(line, at)
                if name:
                    why = _reason(text, line, at, modules, everywhere)
                    yield Hit(text.path, name, line[at].line, line[0].line, line[-1].line, why)


def _idiom(line: Sequence[_Token], at: int) -> str:
    """The name of an idiom at this token, or nothing."""
    type_, word, _ = line[at]
    before = line[at - 1].text if at else ""
    after = line[at + 1].text if at + 1 < len(line) else ""
    if type_ == tokenize.STRING and before == "," and after in (")", ","):
        if any(token.text == "getattr" for token in line[:at]):
            value = _value(word)
            return value if value in NAMES else ""
        return ""
    if type_ != tokenize.NAME:
        return ""
    if word in METHODS and before == "." and after == "(":
        session = any(_SESSION.search(each) for each in _first_argument(line, at + 2))
        return word if session or "saver" in line[at - 2].text.lower() else ""
    return word if word in NAMES else ""


def _value(literal: str) -> str:
    try:
        return str(ast.literal_eval(literal))
    except (SyntaxError, ValueError):
        return ""


def _first_argument(line: Sequence[_Token], at: int) -> Iterator[str]:
    depth = 0
    for token in line[at:]:
        depth += (token.text in "([{") - (token.text in ")]}")
        if depth < 0 or (not depth and token.text == ","):
            return
        if token.type == tokenize.NAME:
            yield token.text


def _reason(
    text: Text, line: Sequence[_Token], at: int, modules: dict[str, set[str]], everywhere: set[str]
) -> str:
    name = line[at].text
    before = line[at - 1].text if at else ""
    after = line[at + 1].text if at + 1 < len(line) else ""
    if line[at].type == tokenize.STRING:
        return ""
    if line[0].text in ("import", "from"):
        return "import"
    if before in ("def", "class"):
        return "definition"
    if before != ".":
        if after == "=" and before in ("(", ",") and line[0].text not in ("def", "async"):
            return "keyword"
        source = text.imported.get(name, "").rpartition(".")[0].rpartition(".")[2]
        own = name in text.defined or (name in text.bound and after != "(")
        return "own name" if own or name in modules.get(source, ()) else ""
    return _reason_of_attribute(text, line, at, modules, everywhere)


def _reason_of_attribute(
    text: Text, line: Sequence[_Token], at: int, modules: dict[str, set[str]], everywhere: set[str]
) -> str:
    name, called = line[at].text, line[at + 1 : at + 2] and line[at + 1].text == "("
    last, root = line[at - 2].text, at - 2
    while root > 1 and line[root - 1].text == ".":
        root -= 2
    first = line[root].text
    if first in ("self", "cls", "super") and root == at - 2 and name in everywhere:
        return "own attribute"
    plain = line[root].type == tokenize.NAME
    source = text.imported.get(first) if plain else None
    if source is not None:
        dotted = ".".join([source, *(token.text for token in line[root + 2 : at - 1 : 2])])
        if _TENSORFLOW.match(source) and source.partition(".")[0] not in modules:
            return ""
        if name in modules.get(dotted.rpartition(".")[2], ()):
            return "own module"
        return "" if source.partition(".")[0] in modules else "other library"
    if _MODULE.search(last):
        return ""
    if not called and name.endswith("_variables"):
        return "attribute"
    return "own method" if plain and name in everywhere and not _LIKE.search(last) else ""
