"""Contrib names that a rule of their own reports or rewrites."""

from __future__ import annotations

from tf2migrate.index.project import Reference

MODES = {
    f"{home}.ModeKeys.{name}": text
    for home in ("tf.estimator", "tf.contrib.learn")
    for name, text in (
        ("TRAIN", "train"),
        ("EVAL", "eval"),
        ("PREDICT", "infer"),
        ("INFER", "infer"),
    )
}
_PREFIXES = (
    "tf.contrib.estimator.",
    "tf.contrib.learn.",
    "tf.contrib.tpu.",
)
_NAMES = frozenset(
    {
        # checkpoint files (TFM106 to TFM109)
        "tf.contrib.framework.assign_from_checkpoint",
        "tf.contrib.framework.assign_from_checkpoint_fn",
        "tf.contrib.framework.init_from_checkpoint",
        "tf.contrib.framework.list_variables",
        "tf.contrib.framework.load_checkpoint",
        "tf.contrib.framework.load_variable",
        # collections (TFM202)
        "tf.contrib.framework.get_local_variables",
        "tf.contrib.framework.get_model_variables",
        "tf.contrib.framework.get_trainable_variables",
        "tf.contrib.framework.get_variables",
        "tf.contrib.framework.get_variables_by_name",
        "tf.contrib.framework.get_variables_by_suffix",
        "tf.contrib.framework.get_variables_to_restore",
        "tf.contrib.losses.get_losses",
        "tf.contrib.losses.get_regularization_losses",
        "tf.contrib.losses.get_total_loss",
        # training loops and averages (TFM504, TFM605)
        "tf.contrib.opt.MovingAverageOptimizer",
        "tf.contrib.slim.learning.train",
        "tf.contrib.training.train",
    }
)


def has_own_rule(name: str) -> bool:
    """Whether a use of the contrib name is a site of another rule than that of contrib."""
    return name in _NAMES or name.startswith(_PREFIXES)


def is_mode(reference: Reference) -> bool:
    """Whether a constant of ModeKeys is spelled out here; its string replaces it (TFM507)."""
    at = reference.at
    return reference.name in MODES and "ModeKeys" in at.file.facts.code(at.expr)
