"""Time and memory of the checkpoint commands against cp, cat and TensorFlow.

    python benchmarks/checkpoints.py --write docs/checkpoint-speed.md

Needs TensorFlow beside tf2migrate, and room for four times `--size` in `--folder`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.checkpoints_page import (
    ASKED_MEGABYTES,
    ASKED_OF_CAT,
    ASKED_SECONDS,
    LARGE,
    Case,
    Rows,
    page,
)
from benchmarks.speed import Run, run

ROOT = Path(__file__).resolve().parents[1]
OURS = (sys.executable, "-m", "tf2migrate")


class Files(NamedTuple):
    """The checkpoints of one case, by prefix.

    Attributes:
      old: the TF1 checkpoint.
      twin: the same one, its data files hard links.
      copied: converted, with data files of its own.
      linked: converted, its data files hard links.
    """

    old: Path
    twin: Path
    copied: Path
    linked: Path


def prepare(folder: Path, kind: str, size: int, number: int) -> Files:
    """Write the files of a case, and read them once, so that all measure the page cache."""
    files = Files(*(folder / name for name in Files._fields))
    case = [sys.executable, str(ROOT / "benchmarks" / "checkpoint_cases.py")]
    run([*case, str(files.old), kind, str(size), str(number)])
    for path in _parts(files.old):
        (folder / path.name.replace("old.", "twin.", 1)).hardlink_to(path)
    for target, copy in ((files.copied, ["--copy"]), (files.linked, [])):
        run([*OURS, *_convert(files.old, target), *copy])
    run(["cat", *_data(files.old, files.copied)])
    return files


def _parts(prefix: Path) -> list[Path]:
    return sorted(prefix.parent.glob(f"{prefix.name}.*"))


def _data(*prefixes: Path) -> list[str]:
    return [str(path) for each in prefixes for path in _parts(each) if ".data-" in path.name]


def _convert(old: Path, new: Path) -> list[str]:
    return ["checkpoint", "convert", "--no-names", str(old), str(new)]


def _verify(old: Path, new: Path, *more: str) -> list[str]:
    return ["verify", "--no-names", "--old", str(old), "--new", str(new), *more]


def commands(files: Files, made: Path, tensorflow: bool) -> dict[str, list[str]]:
    """What is timed, by the name of its row; what is written goes to `made`."""
    new = made / "new"
    found = {
        "show": [*OURS, "checkpoint", "show", str(files.old)],
        "diff": [*OURS, "checkpoint", "diff", str(files.old), str(files.twin)],
        "convert": [*OURS, *_convert(files.old, new)],
        "cp": ["cp", *map(str, _parts(files.old)), str(made)],
        "verify": [*OURS, *_verify(files.old, files.copied)],
        "values": [*OURS, *_verify(files.old, files.copied, "--values")],
        "values of links": [*OURS, *_verify(files.old, files.linked, "--values")],
        "cat": ["cat", *_data(files.old, files.copied)],
    }
    if tensorflow:
        script = [sys.executable, str(ROOT / "benchmarks" / "with_tensorflow.py")]
        found["tensorflow convert"] = [*script, "convert", str(files.old), str(new)]
        found["tensorflow verify"] = [*script, "verify", str(files.old), str(files.copied)]
        found["tensorflow import"] = [sys.executable, "-c", "import tensorflow"]
    return found


def measure(files: Files, times: int, tensorflow_times: int) -> Rows:
    """Run all commands in turn, `times` times; what they write is removed."""
    rows: Rows = {}
    for turn in range(times):
        for name in commands(files, files.old, turn < tensorflow_times):
            with tempfile.TemporaryDirectory(dir=files.old.parent) as made:
                command = commands(files, Path(made), tensorflow=True)[name]
                rows.setdefault(name, []).append(run(command))
    return rows


@contextmanager
def bytecode_kept() -> Iterator[None]:
    """Let Python keep compiled modules, as it has them of any installed package."""
    name = "PYTHONDONTWRITEBYTECODE"
    value = os.environ.pop(name, None)
    try:
        yield
    finally:
        if value is not None:
            os.environ[name] = value


def python_start(times: int) -> list[Run]:
    """The interpreter alone, without which no command is."""
    return [run([sys.executable, "-c", "pass"]) for _ in range(times)]


def cases(
    options: argparse.Namespace, folder: Path, say: Callable[[str], object]
) -> Iterable[Case]:
    """Write, measure and remove the files of each case."""
    wanted = [
        ("few", "few large variables", options.size, 12),
        ("many", "many small variables", options.variables * options.bytes, options.variables),
        ("shards", "many data files", options.size, options.shards),
    ]
    for kind, title, size, number in wanted:
        start = perf_counter()
        files = prepare(folder, kind, size, number)
        rows = measure(files, options.times, options.tensorflow_times)
        written = sum(Path(name).stat().st_size for name in _data(files.old))
        yield Case(title, number, written, len(_data(files.old)), rows)
        for path in folder.iterdir():
            path.unlink()
        say(f"{kind}: {perf_counter() - start:.0f} s")


def shortfalls(found: Sequence[Case]) -> list[str]:
    """What was asked and not reached."""
    lines = []
    for case in found:
        for name in ("show", "diff", "convert", "verify"):
            if case.seconds(name) >= ASKED_SECONDS:
                lines.append(f"{case.title}: {name} took {case.seconds(name):.2f} s")
        for name in ("values", "values of links"):
            if case.megabytes(name) >= ASKED_MEGABYTES:
                lines.append(f"{case.title}: {name} took {case.megabytes(name):.0f} MB")
        if case.size >= LARGE and case.of_cat < ASKED_OF_CAT:
            lines.append(f"{case.title}: --values reached {case.of_cat:.0%} of the speed of cat")
    return lines


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and write the page if asked; 1 if less than asked was reached."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=2_000_000_000, help="bytes of data")
    parser.add_argument("--variables", type=int, default=10_000, help="of the second case")
    parser.add_argument("--bytes", type=int, default=1024, help="of each of these")
    parser.add_argument("--shards", type=int, default=64, help="data files of the third case")
    parser.add_argument("-n", "--times", type=int, default=7, help="repetitions (default: 7)")
    parser.add_argument(
        "--tensorflow-times", type=int, default=3, help="of TensorFlow; 0 leaves it out"
    )
    parser.add_argument("--folder", type=Path, help="where the files go (default: a temporary one)")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the page to this file")
    options = parser.parse_args(argv)
    with (
        bytecode_kept(),
        tempfile.TemporaryDirectory(prefix="tf2migrate-", dir=options.folder) as name,
    ):
        found = list(cases(options, Path(name), lambda text: print(text, file=sys.stderr)))
    lines = shortfalls(found)
    text = page(found, python_start(options.times), lines)
    print(text)
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
