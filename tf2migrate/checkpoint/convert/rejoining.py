"""Slot variables of partitioned variables that TensorFlow 1 saved in parts under wrong keys.

If the optimizer is made inside a variable scope, `slot_creator` cuts the key of
each part at the wrong place (measured on TF 1.15.5): of a slot variable whose op is
`opt/emb/part_0/Adam`, as many letters are left as follow the length of
`emb/part_0/`, so the key is `emb/` + `t_0/Adam`. Each such key has the shape of the
whole and one slice of it. TensorFlow reads none of them but in the same graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod
from typing import NamedTuple

from tf2migrate.checkpoint.files.bundle import BundleFile
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.entries import decode_entry
from tf2migrate.checkpoint.files.ordered_code import slice_key
from tf2migrate.checkpoint.files.table import encode_table
from tf2migrate.checkpoint.files.tensors import Tensor
from tf2migrate.checkpoint.files.wire import fields


class _Part(NamedTuple):
    """A key that holds one slice: which one of which variable, and what else the key says."""

    variable: str
    number: int
    head: str
    leaf: str


class Rejoined(NamedTuple):
    """Attributes:
    file: the checkpoint, with one key for each slot variable that was in parts.
    keys: these, each with the keys of its parts.
    """

    file: CheckpointFile
    keys: dict[str, tuple[str, ...]]


def rejoined(file: CheckpointFile) -> Rejoined:
    """The checkpoint with such parts joined under the name that they should have had.

    Parts that are not all there stay as they are.
    """
    if not isinstance(file, BundleFile):
        return Rejoined(file, {})
    lone = {key: tensor for key, tensor in file.tensors.items() if _is_lone(file, key, tensor)}
    joined = dict(_joined(file, lone)) if lone else {}
    if not joined:
        return Rejoined(file, {})
    entries = dict(file.raw)
    for name, keys in joined.items():
        _join(entries, name, keys)
    index = encode_table(sorted(entries.items()))
    return Rejoined(BundleFile(file.prefix, index, file.read_from), joined)


def _is_lone(file: BundleFile, key: str, tensor: Tensor) -> bool:
    """Whether it is one slice of a larger tensor, whose values are in the file."""
    return (
        len(tensor.slices) == 1
        and prod(tensor.slices[0].length) < tensor.elements
        and _place_of(file, key) in file.raw
    )


def _place_of(file: BundleFile, key: str) -> bytes:
    """The key of the entry of the only slice of a tensor."""
    (extents,) = decode_entry(file.raw[key.encode()]).slices
    return slice_key(key.encode(), extents)


def _joined(file: BundleFile, lone: dict[str, Tensor]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each name with the keys of its parts, in their order."""
    groups: dict[tuple[str, str, str], dict[int, str]] = {}
    for key, tensor in lone.items():
        part = _part(file, key, tensor)
        if part is not None:
            group = part.variable, _unnumbered(part.head, part.number), part.leaf
            groups.setdefault(group, {})[part.number] = key
    names: dict[str, tuple[str, ...]] = {}
    repeated: set[str] = set()
    for (variable, head, leaf), keys in groups.items():
        if sorted(keys) != list(range(len(file.tensors[variable].slices))):
            continue
        scope = _scope(file.tensors.keys() - lone.keys(), len(head), leaf)
        name = f"{scope}/{variable}/{leaf}" if scope else f"{variable}/{leaf}"
        if name in file.tensors or name in names:
            repeated.add(name)
        names[name] = tuple(keys[number] for number in sorted(keys))
    yield from ((name, keys) for name, keys in names.items() if name not in repeated)


def _part(file: BundleFile, key: str, tensor: Tensor) -> _Part | None:
    """Which slice of which variable a key holds; None if it is of no variable."""
    variable = key
    while variable := variable.rpartition("/")[0]:
        whole = file.tensors.get(variable)
        if whole is None or whole.shape != tensor.shape or tensor.slices[0] not in whole.slices:
            continue
        if len(whole.slices) > 1:
            head, _, leaf = key[len(variable) + 1 :].rpartition("/")
            return _Part(variable, whole.slices.index(tensor.slices[0]), head, leaf)
    return None


def _unnumbered(head: str, number: int) -> str:
    """What is left of the scope, the same for all parts."""
    before, found, after = head.rpartition(str(number))
    return f"{before}0{after}" if found else head


def _scope(names: Iterable[str], length: int, leaf: str) -> str:
    """The scope in which the optimizer was made, which has as many letters as are left.

    Its other variables tell it: `opt/beta1_power`, `opt/net/out/Adam`.
    """
    known = {
        name[:length]
        for name in names
        if name[length : length + 1] == "/" and name.rpartition("/")[2] in (leaf, "beta1_power")
    }
    return known.pop() if len(known) == 1 else ""


def _join(entries: dict[bytes, bytes], name: str, keys: tuple[str, ...]) -> None:
    """One entry with all slices: those of a message written one after the other add up."""
    whole = b""
    for key in keys:
        entry = entries.pop(key.encode())
        (extents,) = decode_entry(entry).slices
        whole += entry if not whole else _slices_of(entry)
        entries[slice_key(name.encode(), extents)] = entries.pop(slice_key(key.encode(), extents))
    entries[name.encode()] = whole


def _slices_of(entry: bytes) -> bytes:
    return b"".join(entry[field.start : field.end] for field in fields(entry) if field.number == 7)
