"""The text search for the names of idioms."""

from __future__ import annotations

import sys

import pytest

from benchmarks.silent import REASONS, read_text, search


def hits(source: str, **others: str) -> list[tuple[str, str]]:
    """Names and reasons in `source`, `others` being further modules of the project."""
    texts = [read_text(f"{name}.py", text) for name, text in others.items()]
    found = search([*texts, read_text("main.py", source)])
    return [(each.name, each.reason) for each in found if each.path == "main.py"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("saver = tf.train.Saver()", "Saver"),
        ("make = tf.train.Saver", "Saver"),
        ("make = getattr(tf.train, 'Saver')", "Saver"),
        ("make = getattr(tf.train, 'Saver', None)", "Saver"),
        ("self.saver.restore(self.sess, path)", "restore"),
        ("thing.restore(session, path)", "restore"),
        ("thing.save(sess=self.sess, save_path=path)", "save"),
        ("saver.save(get(), path)", "save"),
        ("x = [v for v in tf.trainable_variables() if v]", "trainable_variables"),
        (
            "with tf.variable_scope('a') as vs:\n  x = vs.trainable_variables()",
            "trainable_variables",
        ),
        ("x = {'collections': [tf.GraphKeys.LOSSES]}", "GraphKeys"),
        ("from tensorflow.train import *\nSaver()", "Saver"),
        ("sess.run(tf.group(\n  tf.tables_initializer(),\n))", "tables_initializer"),
    ],
)
def test_a_name_of_an_idiom_is_found(source: str, name: str) -> None:
    counted = [found for found, reason in hits(source) if not reason]
    assert counted == [name]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="an f-string was one token")
def test_the_code_in_an_f_string_is_searched() -> None:
    assert hits("x = f'{tf.global_variables()}'") == [("global_variables", "")]


@pytest.mark.parametrize(
    "source",
    [
        "# tf.train.Saver()",
        "x = 'tf.train.Saver()'",
        "print('Saver')",
        '"""Supervisor"""',
        "np.save(path, x)",
        "model.restore(path)",
        "SaverOptions()",
    ],
)
def test_comments_strings_and_other_names_are_no_hits(source: str) -> None:
    assert hits(source) == []


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("from tensorflow.train import Saver", "import"),
        ("class Saver:\n  pass", "definition"),
        ("def latest_checkpoint(): pass", "definition"),
        ("f(trainable_variables=x)", "keyword"),
        ("def f(all_variables):\n  return all_variables", "definition"),
        ("import torch\ntorch.nn.Scaffold()", "other library"),
        ("g = model.trainable_variables", "attribute"),
    ],
)
def test_what_is_plainly_not_tensorflows_is_set_aside(source: str, reason: str) -> None:
    reasons = {found for _, found in hits(source)}
    assert reasons <= {"own name"} if reason == "definition" and "all" in source else {reason}
    assert reasons <= set(REASONS)
    assert reasons


def test_what_another_module_of_the_project_defines_is_its_own() -> None:
    util = "def latest_checkpoint(folder):\n  return folder\n"
    assert hits("import util\nutil.latest_checkpoint(x)", util=util) == [
        ("latest_checkpoint", "own module")
    ]
    assert hits("from util import latest_checkpoint\nlatest_checkpoint(x)", util=util) == [
        ("latest_checkpoint", "import"),
        ("latest_checkpoint", "own name"),
    ]


def test_a_method_of_the_project_is_its_own_except_on_what_looks_like_a_saver() -> None:
    agent = "class Agent:\n  def restore(self, sess):\n    self.restore(sess)\n"
    assert hits("agent.restore(sess)", agent=agent) == [("restore", "own method")]
    assert hits("saver.restore(sess, x)", agent=agent) == [("restore", "")]


def test_a_function_of_the_project_does_not_hide_tensorflows() -> None:
    train = "def latest_checkpoint(): pass\n"
    source = "import tensorflow as tf\ntf.train.latest_checkpoint(x)"
    assert hits(source, train=train) == [("latest_checkpoint", "")]


def test_an_alias_that_is_called_is_not_set_aside() -> None:
    found = hits("Saver = tf.train.Saver\nSaver()")
    assert [reason for _, reason in found] == ["own name", "", ""]


def test_a_hit_knows_the_lines_of_its_statement() -> None:
    text = read_text("a.py", "x = 1\nf(\n  1,\n  tf.global_variables(),\n)\n")
    (hit,) = search([text])
    assert (hit.first, hit.line, hit.last) == (2, 4, 5)
