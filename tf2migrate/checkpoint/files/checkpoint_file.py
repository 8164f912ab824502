"""A checkpoint on disk, whatever its format."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tf2migrate.checkpoint.files.checksum import crc32c
from tf2migrate.checkpoint.files.dtypes import STRING, stored_dtype
from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY, ObjectGraph
from tf2migrate.checkpoint.files.strings import encode_strings
from tf2migrate.checkpoint.files.table import DAMAGED
from tf2migrate.checkpoint.files.tensors import Tensor
from tf2migrate.checkpoint.files.values import string_array, value_of
from tf2migrate.checkpoint.files.wire import WireError
from tf2migrate.model.checkpoint_error import CheckpointError

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK = 1 << 20

_CORRUPT_KEYS = (
    "leave it out: TF1 saves slot variables of a partitioned variable so, one part a key, if their"
    " optimizer was made inside a variable scope, and TensorFlow does not restore them either"
)


class CheckpointFile(ABC):
    """The tensors of a checkpoint, and their values on request.

    Every method that takes a key raises KeyError for one that is not in `tensors`,
    and CheckpointError for bytes that are missing or changed, for slices that leave
    gaps, and for a type whose values cannot be read.

    Attributes:
      prefix: as given.
      format: "V2" or "V1".
      tensors: by key, sorted; the parts of partitioned variables are no keys.
      num_shards: how many data files it has.
    """

    format: str
    tensors: dict[str, Tensor]
    num_shards: int

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._graph: ObjectGraph | None = None

    @abstractmethod
    def shard_path(self, shard: int) -> Path:
        """The data file with that number."""

    @abstractmethod
    def strings(self, key: str) -> list[bytes]:
        """The values of a string tensor, row-major, verified; numpy is not needed."""

    @abstractmethod
    def _raw(self, key: str) -> NDArray[Any]:
        """The full value of a numeric tensor as stored (`values`), verified."""

    @abstractmethod
    def stored(self, key: str) -> bytes:
        """The bytes of the full tensor as TensorBundle stores them, verified."""

    @abstractmethod
    def chunks(self, key: str, size: int = CHUNK) -> Iterator[memoryview]:
        """The same bytes piece by piece, not verified; a piece lives until the next one.

        A piece has at most about `size` bytes. A sliced tensor comes in row-major
        order of the full one. Of a V1 file, a whole slice is in memory.
        """

    @abstractmethod
    def check(self, key: str) -> None:
        """Read the tensor's bytes and compare their checksum, in bounded memory."""

    def read(self, key: str) -> NDArray[Any]:
        """The value, verified; slices are put together.

        Strings are an object array of bytes; bfloat16, which numpy has not, is
        float32. The array may be read-only.
        """
        tensor = self.tensors[key]
        if tensor.dtype == STRING:
            texts = self.strings(key)
            with self._of_a_shape(key):
                return string_array(texts, tensor.shape)
        self._check_readable(key)
        return value_of(self._raw(key), tensor.dtype)

    def checksum(self, key: str) -> int:
        """The CRC32C that a V2 entry of the full tensor has (not masked).

        It is in the index unless the tensor is sliced or in a V1 file; then the
        bytes are read.
        """
        tensor = self.tensors[key]
        if tensor.crc is not None:
            return tensor.crc
        if tensor.dtype == STRING:
            return encode_strings(self.strings(key))[1]
        self.check(key)
        crc = 0
        for chunk in self.chunks(key):
            crc = crc32c(chunk, crc)
        return crc

    def graph(self) -> ObjectGraph | None:
        """The object graph, None for a name-based checkpoint."""
        tensor = self.tensors.get(OBJECT_GRAPH_KEY)
        if self._graph is None and tensor is not None:
            if tensor.dtype != STRING or tensor.shape != ():
                raise CheckpointError(
                    self.prefix,
                    f"its object graph is a tensor {tensor.dtype}{list(tensor.shape)}, no string",
                    DAMAGED,
                )
            self._graph = ObjectGraph.parse(self.strings(OBJECT_GRAPH_KEY)[0], self.prefix)
        return self._graph

    @contextmanager
    def _of_a_shape(self, key: str) -> Iterator[None]:
        """Name the tensor if numpy has no array of its shape."""
        try:
            yield
        except WireError as error:
            raise self._unreadable(key, str(error), "leave it out") from None

    def _check_readable(self, key: str) -> None:
        """Raise unless numpy has arrays of the tensor's type."""
        dtype = self.tensors[key].dtype
        if stored_dtype(dtype) is None:
            raise self._unreadable(key, f"values of type {dtype} cannot be read", "leave it out")

    def _incomplete(self, key: str, problem: str) -> CheckpointError:
        """What to raise for a partitioned variable whose slices do not make it up."""
        return self._unreadable(key, problem, _CORRUPT_KEYS)

    def _unreadable(self, key: str, problem: str, remedy: str) -> CheckpointError:
        return CheckpointError(f"{self.prefix}: {key}", problem, remedy)
