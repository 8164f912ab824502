"""Values of living variables as numpy arrays, and as a checkpoint would store them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tensorflow as tf

from tf2migrate.checkpoint.files.dtypes import BFLOAT16, STRING, stored_dtype
from tf2migrate.checkpoint.files.strings import encode_strings
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.runtime import keras

if TYPE_CHECKING:
    from numpy.typing import NDArray


def default_session(label: str) -> Any:
    """The session that has the values of the variables of a graph.

    Raises:
      CheckpointError: there is no default session.
    """
    session = tf.compat.v1.get_default_session()
    if session is None:
        raise CheckpointError(
            label,
            "variables of a graph have their values in a session, and there is no default one",
            "call this inside `with session.as_default():`, or give the session",
        )
    return session


def session_value(fetch: Any, label: str, session: Any = None) -> Any:
    """The value of a variable or tensor of a graph, through `session` or the default one.

    Raises:
      CheckpointError: there is no session of its graph, or it has not initialised
        the variable.
    """
    used = session or default_session(label)
    if used.graph is not fetch.graph:
        raise CheckpointError(
            label,
            "its value is known to a session of its graph, and this session has another graph",
            "give a session of that graph",
        )
    try:
        return used.run(fetch)
    except tf.errors.FailedPreconditionError as error:
        raise CheckpointError(
            label,
            f"has no value in the session: {error.message.partition(chr(10))[0]}",
            "run the initialisers or restore a checkpoint first",
        ) from None


def is_eager(variable: Any) -> bool:
    """Whether the variable keeps its value itself; one of a graph has it in a session."""
    return hasattr(getattr(variable, "handle", None), "numpy")


def variable_value(variable: Any, label: str, session: Any = None) -> Any:
    """The value of a tf.Variable or a variable of Keras 3, as numpy gives it.

    Raises:
      CheckpointError: it is a variable of a graph, and no session has its value.
    """
    built = keras.unwrapped(variable)
    if not is_eager(built):
        return session_value(built, label, session)
    with tf.init_scope():  # also if a graph is being built
        return built.numpy()


def as_array(value: Any) -> NDArray[Any]:
    """As the reader of checkpoint files gives it: texts are objects, bfloat16 is float32."""
    import numpy as np  # noqa: PLC0415

    if isinstance(value, (bytes, str)):
        array = np.empty((), dtype=object)
        array[()] = value if isinstance(value, bytes) else value.encode("utf-8")
        return array
    array = np.asarray(value)
    return array.astype(np.float32) if array.dtype.name == BFLOAT16 else array


def stored_bytes(value: Any, dtype: str) -> tuple[bytes, int]:
    """What a checkpoint would hold of a value, and the CRC32C that it would give for it."""
    import numpy as np  # noqa: PLC0415

    from tf2migrate.checkpoint.files.checksum import crc32c  # noqa: PLC0415

    if dtype == STRING:
        return encode_strings(as_array(value).reshape(-1).tolist())
    array = np.asarray(value)
    little = stored_dtype(dtype) if array.dtype.name != BFLOAT16 else None
    data = np.ascontiguousarray(array, little).tobytes()
    return data, crc32c(data)
