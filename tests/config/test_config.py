"""`[tool.tf2migrate]` of pyproject.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from tf2migrate.config import Config, ConfigError, check_codes, load

CODES = ("TFM101", "TFM102", "TFM301")


def config(root: Path, text: str) -> Config:
    (root / "pyproject.toml").write_text(f"[tool.tf2migrate]\n{text}", "utf-8")
    return load(root, CODES)


def test_without_a_file_or_a_section_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path, CODES) == Config()
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nselect = ['E']\n")
    assert load(tmp_path, CODES) == Config()
    assert config(tmp_path, "") == Config()


def test_every_key_is_read(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    read = config(
        tmp_path,
        "select = ['TFM1']\nignore = ['TFM102']\nexclude = ['old/']\ntarget = 'graph'\n"
        "source-roots = ['src']\n[tool.tf2migrate.per-file-ignores]\n'tests/*' = ['TFM3']\n",
    )
    assert read == Config(
        ("TFM1",), ("TFM102",), {"tests/*": ("TFM3",)}, ("old/",), "graph", ("src",)
    )


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        ("selct = []", "selct", "did you mean 'select'?"),
        ("per_file_ignores = {}", "per_file_ignores", "did you mean 'per-file-ignores'?"),
        ("unsafe = true", "unsafe", "known: select, ignore"),
        ("select = 'TFM1'", "select", "must be a list of strings"),
        ("select = [1]", "select", "must be a list of strings"),
        ("select = ['']", "select", "empty string"),
        ("select = ['TFM999']", "select", "unknown code 'TFM999'"),
        ("ignore = ['tfm301']", "ignore", "did you mean TFM301?"),
        ("per-file-ignores = []", "per-file-ignores", "must be a table"),
        ("per-file-ignores = {'a' = ['X']}", "per-file-ignores.'a'", "unknown code 'X'"),
        ("per-file-ignores = {'a' = 'TFM1'}", "per-file-ignores.'a'", "list of strings"),
        ("exclude = 'a'", "exclude", "must be a list of strings"),
        ("exclude = ['!']", "exclude", "bad pattern '!'"),
        ("target = 'gpu'", "target", "must be one of 'auto', 'graph', 'eager'"),
        ("target = []", "target", "must be one of"),
        ("source-roots = ['none']", "source-roots", "there is no folder 'none'"),
    ],
)
def test_a_wrong_setting_names_file_key_and_remedy(
    tmp_path: Path, text: str, key: str, remedy: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        config(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'pyproject.toml'}: tool.tf2migrate.{key}: ")
    assert remedy in message


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"[tool", "not valid TOML"),
        (b"x = '\xff'", "byte 5 is not UTF-8"),
        (b"[tool]\ntf2migrate = 1", "must be a table"),
    ],
)
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, data: bytes, problem: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(data)
    with pytest.raises(ConfigError, match=problem):
        load(tmp_path)


def test_the_command_line_replaces_what_it_names_only() -> None:
    base = Config(("TFM1",), ("TFM102",), target="graph")
    assert base.overridden() == base
    assert base.overridden(select=["TFM3"], target="auto") == Config(("TFM3",), ("TFM102",))


def test_prefixes_are_codes_and_none_known_means_no_check() -> None:
    check_codes(["T", "TFM", "TFM1", "TFM301"], CODES)
    check_codes(["anything"], ())
