"""Write docs/silent-losses.md from running the scenarios in tests/silent_losses.

python scripts/silent_losses.py          write it
python scripts/silent_losses.py --check  say whether it is up to date (status 1: no)

Needs TensorFlow 2. Its messages are those of the installed release.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.generated_page import write_or_check

if TYPE_CHECKING:
    from tests.silent_losses.registry import Migration, Scenario
    from tests.silent_losses.running import Outcomes
    from tests.silent_losses.verdicts import Said, Verdict

    Loss = tuple[Scenario, Outcomes]
    Correct = tuple[Migration, Outcomes]

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "silent-losses.md"
CONSUMED, MATCHED = "assert_consumed", "assert_existing_objects_matched"
_ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
}
_NONE = "-"
_SHOWN_ALARMS, _LONGEST = 2, 170

INTRODUCTION = """\
# Silent losses

<!-- Written by scripts/silent_losses.py from running tests/silent_losses; do not edit. -->

Ways in which variables get lost between TensorFlow 1 and TensorFlow 2, or on the way into and out
of a checkpoint. Each row is a small program in `tests/silent_losses/scenarios`. It is run: a value
in the file or in the program is seen not to be what it should be, then TensorFlow's own checks are
asked, then those of tf2migrate.

{versions}


| | losses | correct migrations |
|--|--|--|
| programs | {losses} | {migrations} |
| no check of TensorFlow raises an error | {silent} | {content} |
| a check of TensorFlow raises an error | {loud} | {false} |
| tf2migrate reports the lost variables, and nothing else | {losses} | 0 |
| tf2migrate reports nothing | 0 | {migrations} |

An error of TensorFlow's helps a program that calls the check, and one that fails when it saves
has done its training before. `{none}` stands for a check that the program has no occasion to call.
The checks of tf2migrate are `tf2migrate verify` (two files), and `assert_variables_match`,
`restore` and `watch` of `tf2migrate.runtime`. The numbers on the left are those of the project's
list of measured facts about TensorFlow.
"""


def page(losses: Sequence[Loss], migrations: Sequence[Correct], versions: str) -> str:
    """The whole document.

    Args:
      versions: what the programs ran under.
    """
    silent = sum(map(_all_pass, (found for _, found in losses)))
    content = sum(map(_all_pass, (found for _, found in migrations)))
    text = INTRODUCTION.format(
        versions=versions,
        none=_NONE,
        losses=len(losses),
        silent=silent,
        loud=len(losses) - silent,
        migrations=len(migrations),
        content=content,
        false=len(migrations) - content,
    )
    lines = [text, *_losses(losses), *_migrations(migrations)]
    return "\n".join(lines).rstrip() + "\n"


def _losses(losses: Sequence[Loss]) -> Iterator[str]:
    for module, rows in groupby(losses, key=lambda loss: loss[0].build.__module__):
        yield f"## {_heading(module)}\n"
        yield (
            f"| Fact | What goes wrong | `{CONSUMED}` | `{MATCHED}`"
            " | Other checks of TensorFlow | tf2migrate |"
        )
        yield "|--|--|--|--|--|--|"
        for scenario, found in rows:
            cells = [
                scenario.fact,
                _cell(scenario.title),
                *_verdicts(found.tensorflow),
                _ours(found.ours),
            ]
            yield f"| {' | '.join(cells)} |"
        yield ""


def _migrations(migrations: Sequence[Correct]) -> Iterator[str]:
    yield "## Correct migrations\n"
    yield "tf2migrate compared all variables of each with their values, and reported nothing.\n"
    yield (
        f"| Fact | The program | `{CONSUMED}` | `{MATCHED}` | Other checks of TensorFlow"
        " | Checks of tf2migrate that pass |"
    )
    yield "|--|--|--|--|--|--|"
    for migration, found in migrations:
        passed = ", ".join(f"`{check}`" for check in found.ours)
        cells = [migration.fact, _cell(migration.title), *_verdicts(found.tensorflow), passed]
        yield f"| {' | '.join(cells)} |"


def _heading(module: str) -> str:
    """The first line of the module's docstring."""
    text = import_module(module).__doc__ or module
    return text.partition("\n")[0].rstrip(".")


def _all_pass(found: Outcomes) -> bool:
    return all(verdict.text == "passes" for verdict in found.tensorflow.values())


def _verdicts(verdicts: dict[str, Verdict]) -> tuple[str, str, str]:
    others = [
        f"`{name}` {_verdict(verdict)}"
        for name, verdict in verdicts.items()
        if name not in (CONSUMED, MATCHED)
    ]
    first, second = (verdicts.get(name) for name in (CONSUMED, MATCHED))
    if second is not None and second == first and second.message:
        return _verdict(second), f"**{second.text}**, the same", "<br>".join(others) or _NONE
    return _verdict(first), _verdict(second), "<br>".join(others) or _NONE


def _verdict(verdict: Verdict | None) -> str:
    if verdict is None:
        return _NONE
    if not verdict.message:
        return verdict.text
    return f"**{verdict.text}**: {_code(verdict.message)}"


def _ours(ours: dict[str, Said]) -> str:
    """Each check with the beginning of what it says; those that say the same together."""
    words: dict[str, list[str]] = {}
    for check, said in ours.items():
        words.setdefault(_alarms(said), []).append(f"`{check}`")
    return "<br>".join(f"{', '.join(checks)}: {text}" for text, checks in words.items())


def _alarms(said: Said) -> str:
    messages = list(dict.fromkeys(alarm.message for alarm in said.alarms))
    shown = [_code(message) for message in messages[:_SHOWN_ALARMS]]
    more = len(messages) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _code(text: str) -> str:
    """A message between backticks, in a cell of a table."""
    short = text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + " …"
    quoted = f"`` {short} ``" if "`" in short else f"`{short}`"
    return _cell(quoted)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def written() -> str:
    """Run everything, and give the document."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    from tests.silent_losses.running import MIGRATIONS, SCENARIOS, run, versions  # noqa: PLC0415

    losses = [(scenario, run(scenario)) for scenario in SCENARIOS]
    migrations = [(migration, run(migration)) for migration in MIGRATIONS]
    return page(losses, migrations, versions())


def main(arguments: list[str] | None = None, document: Path = DOCUMENT) -> int:
    """Write or check the document; returns the exit status."""
    description = "Write docs/silent-losses.md by running."
    return write_or_check(arguments, description, document, "silent_losses.py", written)


if __name__ == "__main__":
    sys.exit(main())
