"""The published hooks, run by the real pre-commit in a temporary repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("tf2migrate", "pyproject.toml", ".pre-commit-hooks.yaml", "README.md", "LICENSE")
TRAIN = """import tensorflow as tf

weights = tf.Variable(0.0, name="weights")
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    saver.save(sess, "model/net")
"""
MODEL = """import tensorflow as tf


class Model:
    def __init__(self):
        self.weights = tf.Variable(0.0, name="weights")
        self.saver = tf.train.Saver()
"""
USER = """from model import Model
import tensorflow as tf

model = Model()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    model.saver.save(sess, "model/net")
"""
CLEAN = "def double(x):\n    return 2 * x\n"

pytestmark = pytest.mark.network


def git(folder: Path, *args: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.hooksPath="]
    done = subprocess.run(
        ["git", *identity, *args], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the hook's environment, made once."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture(scope="module")
def hook_repo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A commit of the working tree as it is now, and its name."""
    folder = tmp_path_factory.mktemp("hooks") / "tf2migrate"
    folder.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(
                ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__")
            )
        elif (ROOT / part).exists():
            shutil.copy(ROOT / part, folder / part)
    if not (folder / "README.md").exists():
        (folder / "README.md").write_text("tf2migrate\n")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "as it is")
    return folder, git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path: Path, hook_repo: tuple[Path, str]) -> Path:
    """A user's repository with both hooks configured."""
    folder = tmp_path / "user"
    folder.mkdir()
    source, commit = hook_repo
    (folder / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {source}\n  rev: {commit}\n  hooks:\n"
        "  - id: tf2migrate\n  - id: tf2migrate-fix\n"
    )
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "config")
    return folder


def run_hook(repo: Path, home: Path, hook: str, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PRE_COMMIT_HOME": str(home), "XDG_CACHE_HOME": str(home / "c")}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", hook, "--verbose", *args],
        cwd=repo,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def staged(repo: Path, **files: str) -> None:
    for name, text in files.items():
        (repo / f"{name}.py").write_text(text)
    git(repo, "add", "-A")


@pytest.mark.parametrize("hook", ["tf2migrate", "tf2migrate-fix"])
def test_a_file_without_tensorflow_passes(repo: Path, home: Path, hook: str) -> None:
    staged(repo, clean=CLEAN)
    done = run_hook(repo, home, hook)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (repo / "clean.py").read_text() == CLEAN


def test_the_environment_of_the_hooks_holds_no_tensorflow(repo: Path, home: Path) -> None:
    staged(repo, clean=CLEAN)
    assert run_hook(repo, home, "tf2migrate").returncode == 0
    installed = {path.name.lower() for path in home.rglob("site-packages/*")}
    assert "libcst" in installed
    assert not {name for name in installed if name.startswith(("tensorflow", "keras"))}
    files = {path.resolve() for path in home.rglob("site-packages/**/*") if path.is_file()}
    assert sum(path.stat().st_size for path in files) < 250 * 2**20  # what pre-commit.ci allows


def test_the_check_hook_fails_on_a_tf1_file_and_leaves_it(repo: Path, home: Path) -> None:
    staged(repo, train=TRAIN)
    done = run_hook(repo, home, "tf2migrate")
    assert done.returncode == 1
    assert "train.py\n" in done.stdout
    assert "TFM101" in done.stdout
    assert (repo / "train.py").read_text() == TRAIN


def test_the_fix_hook_rewrites_and_fails_and_passes_then(repo: Path, home: Path) -> None:
    staged(repo, train=TRAIN)
    first = run_hook(repo, home, "tf2migrate-fix")
    assert first.returncode == 1
    assert "files were modified by this hook" in first.stdout
    rewritten = (repo / "train.py").read_text()
    assert "tf.train.Checkpoint(" in rewritten
    git(repo, "add", "-A")
    second = run_hook(repo, home, "tf2migrate-fix")
    assert second.returncode == 0, second.stdout
    assert (repo / "train.py").read_text() == rewritten


def test_a_rewrite_across_files_is_made_only_if_the_hook_gets_them_all(
    repo: Path, home: Path
) -> None:
    staged(repo, model=MODEL, user=USER)
    alone = run_hook(repo, home, "tf2migrate-fix", "--files", "model.py")
    assert alone.returncode == 1
    assert "TFM101" in alone.stdout
    assert "outside the given paths" in alone.stdout
    assert "tf.train.Saver()" in (repo / "model.py").read_text()
    assert (repo / "user.py").read_text() == USER
    both = run_hook(repo, home, "tf2migrate-fix", "--files", "model.py", "user.py")
    assert "files were modified by this hook" in both.stdout
    assert "tf.train.Checkpoint(" in (repo / "model.py").read_text()
