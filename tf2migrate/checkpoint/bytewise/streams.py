"""Whether two tensors have the same bytes, when these come in pieces of any size."""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile

_NOTHING = memoryview(b"")


def same_bytes(
    before: CheckpointFile, before_key: str, after: CheckpointFile, after_key: str
) -> bool:
    """Verify both tensors, then compare them in bounded memory.

    Raises:
      CheckpointError: the bytes of one of them do not have their checksum.
    """
    before.check(before_key)
    after.check(after_key)
    return _same(before.chunks(before_key), after.chunks(after_key))


def _same(one: Iterator[memoryview], other: Iterator[memoryview]) -> bool:
    left, right = next(one, _NOTHING), next(other, _NOTHING)
    while left and right:
        size = min(len(left), len(right))
        if bytes(left[:size]) != bytes(right[:size]):
            return False
        left, right = left[size:], right[size:]
        left = left or next(one, _NOTHING)
        right = right or next(other, _NOTHING)
    return not left and not right
