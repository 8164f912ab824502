"""The object that a checkpoint of the user's object is about."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any, NamedTuple

import tensorflow as tf

from tf2migrate.checkpoint.kinds import SAVE_COUNTER
from tf2migrate.model.checkpoint_error import CheckpointError

_METHODS = ("read", "restore", "save", "sync", "write")


class Root(NamedTuple):
    """What is saved at the top of an object graph.

    Attributes:
      obj: the object whose children have paths of one name.
      more: other children of the top, by name: what a `tf.train.Checkpoint`
        with a positional root has beside that root's own.
      counter: the save counter of such a Checkpoint, None if it has none.
      label: what people call it.
      keep: objects that must live as long as this, for TensorFlow holds `obj` weakly.
    """

    obj: Any
    label: str
    more: Mapping[str, Any] = {}
    counter: Any = None
    keep: Any = None

    def checkpoint(self) -> Any:
        """A new Checkpoint of the same things; the user's own caches what it builds in a graph.

        Raises:
          CheckpointError: TensorFlow cannot save such an object.
        """
        try:
            # By weak reference, since `Checkpoint(root)` ignores a root that is false
            # (a variable with value 0, a module of length 0).
            return tf.train.Checkpoint(weakref.ref(self.obj), **self.more)
        except (ValueError, TypeError, AttributeError) as error:
            raise _not_trackable(self.obj, self.label, error) from None


def root_of(obj: Any) -> Root:
    """The top of the object graph of a checkpoint of `obj`.

    Args:
      obj: anything that `tf.train.Checkpoint(obj)` accepts, a Checkpoint itself,
        or a dict, list or (named) tuple of such things.

    Raises:
      CheckpointError: TensorFlow cannot track such an object; or it is a Checkpoint
        whose methods are hidden by objects of their names.
    """
    if isinstance(obj, tf.train.Checkpoint):
        _check_methods(obj)
        return _root_of_checkpoint(obj)
    if isinstance(obj, (Mapping, list, tuple)) and not _is_trackable(obj):
        return _root_of_container(obj)
    root = Root(obj, _label(obj))
    if not _is_trackable(obj):
        raise _not_trackable(obj, root.label)
    return root


def _check_methods(checkpoint: Any) -> None:
    """TensorFlow accepts `Checkpoint(restore=variable)`; nobody can restore it (facts A1.6)."""
    hidden = [name for name in _METHODS if name in vars(checkpoint)]
    if hidden:
        names = ", ".join(hidden)
        raise CheckpointError(
            "Checkpoint",
            f"what it saves under the name of {names} hides its own method of that name",
            "give it a dict or a tf.Module with such names: Checkpoint(variables={...})",
        )


def _root_of_checkpoint(checkpoint: Any) -> Root:
    """With a positional root, its children and those of the Checkpoint are on one level."""
    children = tf.train.TrackableView.children(checkpoint)
    root = vars(checkpoint).get("root")
    if isinstance(root, weakref.ref):
        root = root()
    if root is None:  # an argument `root` of the Checkpoint is the positional one
        return Root(checkpoint, "Checkpoint")
    named = {
        name: child
        for name, child in children.items()
        if name not in ("root", "_root", SAVE_COUNTER)
    }
    return Root(root, _label(root), named, children.get(SAVE_COUNTER), keep=checkpoint)


def _root_of_container(obj: Any) -> Root:
    """TensorFlow takes a container only below a root; there it makes a trackable one of it."""
    holder = tf.Module()
    holder.content = obj
    content = holder.content
    label = type(obj).__name__
    if not _is_trackable(content):
        raise _not_trackable(obj, label)
    return Root(content, label, keep=(holder, obj))


def _is_trackable(obj: Any) -> bool:
    """Whether TensorFlow can give the object's children.

    A trackable object whose children cannot be told (a list that was changed
    behind TensorFlow's back) is one as well. A class has the methods of its
    objects, and is none.
    """
    if isinstance(obj, type):
        return False
    try:
        tf.train.TrackableView.children(obj)
    except AttributeError:
        return False
    except ValueError:
        return True
    return True


def _not_trackable(obj: Any, label: str, error: Exception | None = None) -> CheckpointError:
    problem = f"a {type(obj).__name__} cannot be the root of a checkpoint"
    return CheckpointError(
        label,
        f"{problem}: {error}" if error is not None else problem,
        "make it an attribute of a tf.Module, or give tf.train.Checkpoint(name=object)",
    )


def _label(obj: Any) -> str:
    """`Model 'generator'` for a named object of the user, else the type."""
    name = getattr(obj, "name", None)
    kind = type(obj).__name__
    return f"{kind} {name!r}" if isinstance(name, str) and name else kind
