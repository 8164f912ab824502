"""The corpus benchmark over a mirror of two small repositories."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks import corpus
from benchmarks.corpus_page import Row, faults, page, summary
from benchmarks.measure import measure, reason
from benchmarks.repositories import Repository, RepositoryError, files_of, read_list
from benchmarks.results import Measurement, is_site

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CLEAN = """\
import tensorflow as tf

w = tf.Variable(1.0, name="w")
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    saver.save(sess, "out/model.ckpt")
"""
HIDDEN = """\
import tensorflow as tf

w = tf.Variable(1.0, name="w")
saver = getattr(tf.train, "Saver")()
"""
PYTHON_2 = "import tensorflow as tf\nprint 'loss', tf.global_variables()\n"


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A mirror with a clean script, and a repository with what goes wrong."""
    files = {
        "one+clean/train.py": CLEAN,
        "two+hidden/hidden.py": HIDDEN,
        "two+hidden/old.py": PYTHON_2,
    }
    for name, text in files.items():
        path = tmp_path / "mirror" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "mirror"


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    """A corpus.toml of the mirror."""
    path = tmp_path / "corpus.toml"
    path.write_text(
        "".join(
            f'[[repository]]\nname = "{name}"\nurl = "https://example.org/{name}"\n'
            f'commit = "{COMMIT}"\nlicense = "MIT"\n'
            for name in ("one/clean", "two/hidden")
        )
    )
    return path


def test_the_real_list_names_each_repository_once_with_its_commit() -> None:
    found = read_list(corpus.ROOT / "benchmarks" / "corpus.toml")
    assert len({each.name for each in found}) == len(found) >= 10
    assert all(each.url.startswith("https://github.com/") for each in found)


def test_a_short_commit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "corpus.toml"
    path.write_text('[[repository]]\nname = "a/b"\nurl = "u"\ncommit = "0123"\n')
    with pytest.raises(RepositoryError, match="40 hexadecimal digits"):
        read_list(path)


def test_a_clean_script_is_rewritten_and_nothing_is_wrong(mirror: Path) -> None:
    root = mirror / "one+clean"
    result = measure(root)
    assert result.files == result.changed == 1
    assert result.hits >= 3
    assert result.counts["TFM101"] == (1, 0, 0)
    assert result.counts["TFM102"] == (1, 0, 0)
    assert result.megabytes > 10
    assert faults(Row(Repository("one/clean", "", COMMIT), result)) == []
    assert (root / "train.py").read_text() == CLEAN


def test_what_only_the_text_search_sees_is_silent(mirror: Path) -> None:
    result = measure(mirror / "two+hidden")
    assert result.silent == ['hidden.py:4 saver = getattr(tf.train, "Saver")()']
    assert result.unreadable == ["old.py"]
    assert result.unread_hits == 1
    assert not result.crashes
    assert not result.broken
    assert not result.unstable


def test_the_program_writes_the_page_and_fails_for_a_silent_name(
    mirror: Path, listing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "docs" / "corpus.md"
    common = ["--list", str(listing), "--mirror", str(mirror)]
    assert corpus.main([*common, "--write", str(target)]) == 1
    text = target.read_text()
    assert "silent: two/hidden: hidden.py:4" in text
    assert f"[{COMMIT[:12]}](https://example.org/one/clean/tree/{COMMIT}) | MIT" in text
    assert str(tmp_path) not in text
    assert "silent: two/hidden: hidden.py:4" in capsys.readouterr().out
    assert corpus.main([*common, "--only", "clean"]) == 0


def test_a_repository_that_the_mirror_lacks_is_an_error(
    listing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert corpus.main(["--list", str(listing), "--mirror", str(tmp_path)]) == 2
    assert "the mirror has no one+clean" in capsys.readouterr().err


@pytest.mark.parametrize("bare", [True, False])
def test_a_git_directory_gives_the_files_of_the_commit(tmp_path: Path, bare: bool) -> None:
    work = tmp_path / "mirror" / "one+clean" / "repo"
    (work / "sub").mkdir(parents=True)
    (work / "sub" / "train.py").write_text(CLEAN)
    (work / "data.bin").write_bytes(b"\0")
    identity = ("-c", "user.name=n", "-c", "user.email=e@example.org")

    def git(*args: str) -> str:
        command = ["git", "-C", str(work), *identity, *args]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    commit = git("rev-parse", "HEAD")
    (work / "sub" / "train.py").write_text("changed = True\n")
    if bare:
        (work / ".git").rename(work.parent / "bare")
        (work / "sub" / "train.py").unlink()
        (work / "sub").rmdir()
        (work / "data.bin").unlink()
        work.rmdir()
        (work.parent / "bare").rename(work)
    repository = Repository("one/clean", "", commit)
    with files_of(repository, tmp_path / "mirror", tmp_path) as root:
        assert [path.relative_to(root).as_posix() for path in root.rglob("*.*")] == ["sub/train.py"]
        assert (root / "sub" / "train.py").read_text() == CLEAN
    assert not root.exists()


def test_reasons_lose_what_differs_from_place_to_place() -> None:
    first = "kept as it is: it is passed to `f` (because of a/b.py:3:4)"
    second = "kept as it is: it is passed to `g` (because of c.py:30:4)"
    assert reason(first) == reason(second) == "it is passed to `…`"


@pytest.mark.parametrize(
    ("code", "expected"),
    [("TFM101", True), ("TFM302", True), ("TFM504", True), ("TFM605", True), ("TFM501", False)],
)
def test_imports_and_layers_are_other_names(code: str, expected: bool) -> None:
    assert is_site(code) is expected


def test_shares_and_faults_are_on_the_page() -> None:
    counts = {"TFM101": (6, 0, 2), "TFM202": (0, 12, 0), "TFM501": (99, 0, 0)}
    result = Measurement(files=3, counts=counts, crashes=["a.py:1:1 boom"], broken=["b.py x"])
    result.titles = {code: code for code in counts}
    row = Row(Repository("a/b", "https://example.org/a/b", COMMIT), result)
    assert "Of 8 sites that need a change 6 are rewritten (75 %)" in page([row])
    assert "Of all 20 sites 18 are rewritten or right as they stand (90 %)" in summary([row])
    assert faults(row) == ["crash: a/b: a.py:1:1 boom", "broken: a/b: b.py x"]
