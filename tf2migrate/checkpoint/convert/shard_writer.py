"""The data file that a conversion adds: what had to be computed, and the object graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.checksum import crc32c
from tf2migrate.checkpoint.files.dtypes import BFLOAT16, STRING, stored_dtype
from tf2migrate.checkpoint.files.strings import encode_strings
from tf2migrate.checkpoint.files.tensors import Tensor

if TYPE_CHECKING:
    from numpy.typing import NDArray


class ShardWriter:
    """Appends tensors to a new data file; each call returns where the tensor is."""

    def __init__(self, path: str, number: int) -> None:
        self._file = open(path, "xb")  # noqa: SIM115  (closed by __exit__)
        self._number = number
        self.size = 0

    def __enter__(self) -> ShardWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def pieces(
        self, dtype: str, shape: tuple[int, ...], pieces: Iterable[bytes | memoryview]
    ) -> Tensor:
        """A tensor whose bytes come in pieces; not one of strings."""
        offset, crc = self.size, 0
        for piece in pieces:
            crc = crc32c(piece, crc)
            self._write(piece)
        return Tensor(dtype, shape, self._number, offset, self.size - offset, crc)

    def stored(self, dtype: str, shape: tuple[int, ...], data: bytes, crc: int) -> Tensor:
        """A tensor of any type whose bytes are as they have to be stored, and their CRC."""
        offset = self.size
        self._write(data)
        return Tensor(dtype, shape, self._number, offset, len(data), crc)

    def strings(self, shape: tuple[int, ...], texts: Iterable[bytes]) -> Tensor:
        """A string tensor."""
        return self.stored(STRING, shape, *encode_strings(texts))

    def array(self, values: NDArray[Any], dtype: str) -> Tensor:
        """An array; strings are bytes in an object array, bfloat16 is float32."""
        if dtype == STRING:
            return self.strings(values.shape, values.ravel().tolist())
        if dtype == BFLOAT16:
            stored = _upper_halves(values)
        else:
            stored = values.astype(stored_dtype(dtype), order="C", copy=False)
        return self.pieces(dtype, values.shape, [stored.tobytes()])

    def same(self, file: CheckpointFile, key: str) -> Tensor:
        """A tensor of another checkpoint as it is."""
        tensor = file.tensors[key]
        if tensor.dtype == STRING:
            return self.strings(tensor.shape, file.strings(key))
        return self.pieces(tensor.dtype, tensor.shape, file.chunks(key))

    def _write(self, data: bytes | memoryview) -> None:
        self._file.write(data)
        self.size += len(data)


def _upper_halves(values: NDArray[Any]) -> NDArray[Any]:
    from tf2migrate.checkpoint.transforms.numbers import to_bfloat16  # noqa: PLC0415

    halves: NDArray[Any] = (to_bfloat16(values).view("<u4") >> 16).astype("<u2")
    return halves
