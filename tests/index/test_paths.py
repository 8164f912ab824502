"""Checkpoint paths taken apart."""

from __future__ import annotations

import re

import pytest

from tests.index.conftest import project_of, value_of
from tf2migrate.index.paths import quote, split_path
from tf2migrate.model.span import Span

HEAD = "import os\nfrom os.path import join\nimport os.path as osp\n"
GENERIC = ("os.path.dirname({0})", "os.path.basename({0})")
CASES = {
    "literal": ("x = 'a/b/c'", '"a/b"', '"c"'),
    "literal without a folder": ("x = 'c'", '""', '"c"'),
    "join": ("x = os.path.join(d, 'm')", "d", '"m"'),
    "join by another name": ("x = osp.join(d, 'm')", "d", '"m"'),
    "join of three": ("x = join(d, e, 'm')", "join(d, e)", '"m"'),
    "join with a computed name": ("x = os.path.join(d, n + '.ckpt')", "d", "n + '.ckpt'"),
    "addition": ("x = d + '/m'", "d", '"m"'),
    "attribute and addition": ("x = args.d + '/m'", "args.d", '"m"'),
}
WHOLE = {
    "name": "x = p",
    "attribute": "x = self.p",
    "folder in the last part": "x = os.path.join(d, 'a/m')",
    "folder in a formatted part": "x = os.path.join(d, 'a/%d' % i)",
    "path in the last part": "x = os.path.join(d, args.save_path)",
    "addition with folders": "x = d + '/a/m'",
    "addition without a slash": "x = d + 'm'",
    "percent": "x = '%s/m' % d",
    "format": "x = '{}/m'.format(d)",
    "f-string": "x = f'{d}/m'",
    "one argument": "x = os.path.join(d)",
}
IMPURE = {
    "call": "x = make_path()",
    "call in a join": "x = os.path.join(d, *parts)",
    "call in a percent": "x = '%s/m' % make()",
}


def parts(code: str) -> tuple[str, str] | None:
    project = project_of(main=HEAD + code)
    file, scope, value = value_of(project, "main.py", "x")
    found = split_path(project, file, scope, value)

    def fill(match: re.Match[str]) -> str:
        return file.facts.code(Span(int(match[1]), int(match[2])))

    if found is None:
        return None
    hole = re.compile(r"\$<(\d+):(\d+)>")
    return hole.sub(fill, found.directory), hole.sub(fill, found.prefix)


@pytest.mark.parametrize(("code", "directory", "prefix"), CASES.values(), ids=CASES)
def test_known_parts(code: str, directory: str, prefix: str) -> None:
    assert parts(code) == (directory, prefix)


@pytest.mark.parametrize("code", WHOLE.values(), ids=WHOLE)
def test_parts_at_run_time(code: str) -> None:
    value = code.removeprefix("x = ")
    assert parts(code) == tuple(form.format(value) for form in GENERIC)


@pytest.mark.parametrize("code", IMPURE.values(), ids=IMPURE)
def test_what_must_not_be_evaluated_twice(code: str) -> None:
    assert parts(code) is None


@pytest.mark.parametrize(("text", "code"), [("a", '"a"'), ('"', "'\"'"), ("\\", "'\\\\'")])
def test_quotes(text: str, code: str) -> None:
    assert quote(text) == code
