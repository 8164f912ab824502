"""V1 checkpoints, as old Savers wrote them: names, shapes and values in one table, or several.

The entry under the empty key is a SavedTensorSlices message with the names, types,
shapes and slices of all tensors. Each slice (the only one of a whole tensor takes
all of it) has an entry of its own, under the key that `slice_key` makes, a
SavedTensorSlices message with a SavedSlice: name, extents, and the values as a
TensorProto. Sharded, there are several such files, `PREFIX-?????-of-?????`, and
the slices of one tensor may be in different ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tf2migrate.checkpoint.files.checkpoint_file import CHUNK, CheckpointFile
from tf2migrate.checkpoint.files.dtypes import STRING, item_size
from tf2migrate.checkpoint.files.ordered_code import slice_key
from tf2migrate.checkpoint.files.slices import untiled
from tf2migrate.checkpoint.files.strings import encode_strings
from tf2migrate.checkpoint.files.table_file import TableFile
from tf2migrate.checkpoint.files.tensor_proto import has_field, raw_values, strings_of
from tf2migrate.checkpoint.files.tensors import Extents, Slice, Tensor
from tf2migrate.checkpoint.files.v1_list import LIST_KEY, Listed, listed_tensors
from tf2migrate.checkpoint.files.values import assemble, string_array
from tf2migrate.checkpoint.files.wire import WireError, fields

if TYPE_CHECKING:
    from numpy.typing import NDArray


class _Part(NamedTuple):
    """A slice, and where it is.

    Attributes:
      shard: the file's number.
      extents: as its key has them.
      box: what it is of the tensor.
    """

    shard: int
    extents: Extents
    box: Slice


class V1File(CheckpointFile):
    """A V1 checkpoint; its files stay as they are on disk until a value is asked for."""

    format = "V1"

    def __init__(self, prefix: str, paths: list[str]) -> None:
        """Read the lists of tensors of the files `paths`.

        Raises:
          CheckpointError: one is no V1 checkpoint, is damaged, or contradicts another.
        """
        super().__init__(prefix)
        self._tables = [TableFile(path) for path in paths]
        self.num_shards = len(paths)
        self._parts: dict[str, list[_Part]] = {}
        found: dict[str, Listed] = {}
        for shard, table in enumerate(self._tables):
            try:
                for name, listed in listed_tensors(table.get(LIST_KEY)):
                    if found.setdefault(name, listed)[:2] != listed[:2]:
                        raise WireError(f"{name} has another shape or type elsewhere")
                    parts = self._parts.setdefault(name, [])
                    parts += [_Part(shard, extents, box) for extents, box in listed.slices]
            except (WireError, UnicodeDecodeError) as error:
                raise table.damaged(str(error)) from None
        self.tensors = {
            name: self._tensor(name, listed.dtype, listed.shape)
            for name, listed in sorted(found.items())
        }

    def _tensor(self, name: str, dtype: str, shape: tuple[int, ...]) -> Tensor:
        parts = self._parts[name]
        whole = len(parts) == 1 and parts[0].box.length == shape
        slices = () if whole else tuple(part.box for part in parts)
        return Tensor(
            dtype,
            shape,
            shard=parts[0].shard,
            size=prod(shape) * (item_size(dtype) or 0),
            slices=slices,
        )

    def shard_path(self, shard: int) -> Path:
        return Path(self._tables[shard].path)

    def strings(self, key: str) -> list[bytes]:
        tensor = self.tensors[key]
        if tensor.dtype != STRING:
            raise self._unreadable(key, f"its values are {tensor.dtype}, no strings", "read it")
        found = [(part, self._strings(key, part)) for part in self._covering(key)]
        if not tensor.slices:
            return found[0][1]
        with self._of_a_shape(key):
            arrays = [(part.box, string_array(texts, part.box.length)) for part, texts in found]
            joined: list[bytes] = assemble(tensor, arrays).ravel().tolist()
        return joined

    def _strings(self, key: str, part: _Part) -> list[bytes]:
        message = self._message(key, part)
        try:
            texts = strings_of(message)
            count = Tensor(STRING, part.box.length).elements
            if len(texts) != count:
                raise WireError(f"{key} has {len(texts)} strings instead of {count}")
        except WireError as error:
            raise self._tables[part.shard].damaged(str(error)) from None
        return texts

    def _raw(self, key: str) -> NDArray[Any]:
        tensor = self.tensors[key]
        if not has_field(tensor.dtype):
            problem = f"values of type {tensor.dtype} cannot be read"
            raise self._unreadable(key, problem, "leave it out")
        arrays = [(part.box, self._raw_part(key, part)) for part in self._covering(key)]
        if not tensor.slices:
            return arrays[0][1]
        with self._of_a_shape(key):
            return assemble(tensor, arrays)

    def _raw_part(self, key: str, part: _Part) -> NDArray[Any]:
        message = self._message(key, part)
        try:
            return raw_values(message, self.tensors[key].dtype, part.box.length)
        except WireError as error:
            raise self._tables[part.shard].damaged(f"{key}: {error}") from None

    def _covering(self, key: str) -> list[_Part]:
        """The slices of a tensor, which make it up."""
        tensor, parts = self.tensors[key], self._parts[key]
        problem = untiled(tensor.shape, [part.box for part in parts])
        if problem:
            raise self._incomplete(key, problem)
        return parts

    def _message(self, key: str, part: _Part) -> bytes:
        """The TensorProto of a slice."""
        table = self._tables[part.shard]
        value = table.get(slice_key(key.encode("utf-8"), part.extents))
        if value is None:
            raise table.damaged(f"the values of {key} are not there")
        try:
            return _saved_values(value, key)
        except WireError as error:
            raise table.damaged(f"{key}: {error}") from None

    def stored(self, key: str) -> bytes:
        if self.tensors[key].dtype == STRING:
            return encode_strings(self.strings(key))[0]
        return self._raw(key).tobytes()

    def chunks(self, key: str, size: int = CHUNK) -> Iterator[memoryview]:
        if self.tensors[key].dtype == STRING:
            data = memoryview(self.stored(key))
        else:
            array = self._raw(key)
            data = array.data.cast("B") if array.size else memoryview(b"")
        for start in range(0, len(data), size):
            yield data[start : start + size]

    def check(self, key: str) -> None:
        """Read the tensor's slices one by one; their blocks' checksums are verified."""
        string = self.tensors[key].dtype == STRING
        for part in self._covering(key):
            if string:
                self._strings(key, part)
            else:
                self._message(key, part)


def _saved_values(message: bytes, key: str) -> bytes:
    """The TensorProto in the SavedSlice of a SavedTensorSlices message."""
    for field in fields(message):
        if field.number == 2:
            parts = {inner.number: inner.payload for inner in fields(field.payload)}
            if parts.get(1, b"") != key.encode("utf-8"):
                raise WireError("its entry is that of another tensor")
            return parts.get(3, b"")
    raise WireError("its entry has no values")
