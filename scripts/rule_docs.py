"""Write docs/rules.md from the rules' own documentation.

python scripts/rule_docs.py          write it
python scripts/rule_docs.py --check  say whether it is up to date (status 1: no)
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tf2migrate.cli.catalogue import catalogue  # noqa: E402
from tf2migrate.report.markdown import rules_markdown  # noqa: E402

DOCUMENT = ROOT / "docs" / "rules.md"


def main(arguments: list[str] | None = None, document: Path = DOCUMENT) -> int:
    """Write or check the document; returns the exit status."""
    parser = argparse.ArgumentParser(description="Write docs/rules.md from the rules.")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    check = parser.parse_args(arguments).check
    text = rules_markdown(catalogue())
    current = document.read_text("utf-8") if document.exists() else None
    if check and current != text:
        print(f"{document.name} is stale; run: python scripts/rule_docs.py", file=sys.stderr)
        return 1
    if not check:
        document.parent.mkdir(exist_ok=True)
        document.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
