"""Write docs/rules.md from the rules' own documentation.

python scripts/rule_docs.py          write it
python scripts/rule_docs.py --check  say whether it is up to date (status 1: no)
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.generated_page import write_or_check  # noqa: E402
from tf2migrate.cli.catalogue import catalogue  # noqa: E402
from tf2migrate.report.markdown import rules_markdown  # noqa: E402

DOCUMENT = ROOT / "docs" / "rules.md"


def main(arguments: list[str] | None = None, document: Path = DOCUMENT) -> int:
    """Write or check the document; returns the exit status."""
    description = "Write docs/rules.md from the rules."
    return write_or_check(
        arguments, description, document, "rule_docs.py", lambda: rules_markdown(catalogue())
    )


if __name__ == "__main__":
    sys.exit(main())
