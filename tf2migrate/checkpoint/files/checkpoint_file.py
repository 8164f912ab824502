"""A checkpoint on disk, whatever its format."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tf2migrate.checkpoint.files.dtypes import STRING
from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY, ObjectGraph
from tf2migrate.checkpoint.files.tensors import Tensor
from tf2migrate.model.checkpoint_error import CheckpointError

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK = 1 << 20


class CheckpointFile(ABC):
    """The tensors of a checkpoint, and their values on request.

    Attributes:
      prefix: as given.
      format: "V2" or "V1".
      tensors: by key, sorted; the parts of partitioned variables are no keys.
      num_shards: how many data files it has.
    """

    def __init__(
        self, prefix: str, file_format: str, tensors: dict[str, Tensor], num_shards: int
    ) -> None:
        self.prefix = prefix
        self.format = file_format
        self.tensors = tensors
        self.num_shards = num_shards
        self._graph: ObjectGraph | None = None

    @abstractmethod
    def shard_path(self, shard: int) -> Path:
        """The data file with that number."""

    @abstractmethod
    def read(self, key: str) -> NDArray[Any]:
        """The value, its checksum verified; slices are put together.

        Strings are an object array of bytes; bfloat16, which numpy has not, is
        float32.

        Raises:
          KeyError: there is no such tensor.
          CheckpointError: its bytes are missing or changed, its slices leave gaps,
            or its type is none that can be read.
        """

    @abstractmethod
    def stored(self, key: str) -> bytes:
        """The bytes of the full tensor as TensorBundle stores them, verified."""

    @abstractmethod
    def chunks(self, key: str, size: int = CHUNK) -> Iterator[memoryview]:
        """The same bytes piece by piece, not verified; a piece lives until the next one.

        At most about `size` bytes are in memory. A sliced tensor comes in
        row-major order of the full one.
        """

    @abstractmethod
    def check(self, key: str) -> None:
        """Read the tensor's bytes and compare their checksum, in bounded memory.

        Raises:
          CheckpointError: they do not have it.
        """

    @abstractmethod
    def strings(self, key: str) -> list[bytes]:
        """The values of a string tensor, row-major, verified; numpy is not needed."""

    def graph(self) -> ObjectGraph | None:
        """The object graph, None for a name-based checkpoint."""
        tensor = self.tensors.get(OBJECT_GRAPH_KEY)
        if self._graph is None and tensor is not None:
            if tensor.dtype != STRING or tensor.shape != ():
                raise CheckpointError(
                    self.prefix,
                    f"its object graph is a tensor {tensor.dtype}{list(tensor.shape)}, no string",
                    "write the checkpoint again, or take an earlier one",
                )
            self._graph = ObjectGraph.parse(self.strings(OBJECT_GRAPH_KEY)[0], self.prefix)
        return self._graph
