"""The documentation of all rules as one Markdown document."""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.report.catalogue import Catalogue, Topic

_HEAD = """# Rules

<!-- Written by scripts/rule_docs.py from the docstrings of the rules; do not edit. -->

`tf2migrate explain CODE` shows the same text for one code.
"""


def rules_markdown(catalogue: Catalogue) -> str:
    """A table of the codes, then the text of each rule."""
    parts = [_HEAD, _table(catalogue)]
    parts += ["\n".join(_topic(topic)) for topic in catalogue.topics]
    return "\n".join(parts).rstrip() + "\n"


def _table(catalogue: Catalogue) -> str:
    rows = [f"| [{code}](#{code.lower()}) | {catalogue.title(code)} |" for code in catalogue.codes]
    return "\n".join(["| Code | Title |", "|--|--|", *rows, ""])


def _topic(topic: Topic) -> Iterator[str]:
    for code, title in topic.codes.items():
        yield f'<a id="{code.lower()}"></a>'
        yield f"## {code}: {title}"
        yield ""
    if topic.summary:
        yield f"{topic.summary}\n"
    for section in topic.sections:
        yield f"### {section.title}\n"
        yield f"{_body(section.title, section.text)}\n"


def _body(title: str, text: str) -> str:
    """An example without fences of its own is code when it looks like code."""
    if not title.startswith("Example") or "```" in text or not text.startswith(("    ", ">>>")):
        return text
    return f"```python\n{text}\n```"
