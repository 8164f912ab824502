"""Plan every repository of corpus.toml and say what was rewritten, left, or missed.

    python benchmarks/corpus.py --write docs/corpus.md
    python benchmarks/corpus.py --mirror DIR --only tensorflow/nmt

Exit status 1 if anything was silent, crashed, broke or was unstable.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.corpus_page import Row, faults, page, summary
from benchmarks.repositories import Repository, RepositoryError, files_of, read_list
from benchmarks.results import Measurement

ROOT = Path(__file__).resolve().parents[1]


def main(argv: list[str] | None = None) -> int:
    """Measure, print and, if asked, write the page."""
    options = _options(argv)
    rows: list[Row] = []
    for repository in read_list(options.list):
        if options.only and not any(word in repository.name for word in options.only):
            continue
        print(f"{repository.name} ...", end=" ", file=sys.stderr, flush=True)
        try:
            rows.append(Row(repository, _measured(repository, options.mirror, options.cache)))
        except RepositoryError as error:
            print(error, file=sys.stderr)
            return 2
        print(f"{rows[-1].result.seconds:.1f} s", file=sys.stderr)
    print(summary(rows))
    if options.write:
        options.write.parent.mkdir(parents=True, exist_ok=True)
        options.write.write_text(page(rows), encoding="utf-8")
    return 1 if any(faults(row) for row in rows) else 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--mirror", type=Path, help="folder with OWNER+NAME for each repository (default: clone)"
    )
    parser.add_argument("--only", action="append", help="only repositories with this in the name")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the page to this file")
    parser.add_argument("--list", type=Path, default=ROOT / "benchmarks" / "corpus.toml")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument("--cache", type=Path, default=home / "tf2migrate-corpus", help="for clones")
    return parser.parse_args(argv)


def _measured(repository: Repository, mirror: Path | None, cache: Path) -> Measurement:
    with files_of(repository, mirror, cache) as folder:
        command = [sys.executable, "-m", "benchmarks.measure", str(folder.resolve())]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        return Measurement(crashes=[f"the run failed: {why}"])
    return Measurement(**json.loads(done.stdout))


if __name__ == "__main__":
    sys.exit(main())
