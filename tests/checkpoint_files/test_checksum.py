"""CRC32C: vectors, the mask, joining two, and what its import costs."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tf2migrate.checkpoint.files import checksum
from tf2migrate.checkpoint.files.checksum import combine, crc32c, mask, unmask

from .recorded import recorded

CRCS = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize(
    ("data", "crc"),
    [
        pytest.param(b"123456789", 0xE3069283, id="check value of the algorithm"),
        pytest.param(bytes(32), 0x8A9136AA, id="RFC 3720, zeros"),
        pytest.param(b"\xff" * 32, 0x62A8AB43, id="RFC 3720, ones"),
        pytest.param(bytes(range(32)), 0x46DD794E, id="RFC 3720, ascending"),
        pytest.param(b"", 0, id="nothing"),
    ],
)
def test_published_vectors(data: bytes, crc: int) -> None:
    assert crc32c(data) == crc
    assert crc32c(bytearray(data)) == crc32c(memoryview(data)) == crc


@given(CRCS)
def test_the_mask_is_undone(crc: int) -> None:
    assert unmask(mask(crc)) == crc
    assert mask(unmask(crc)) == crc
    assert 0 <= mask(crc) < 2**32


def test_the_mask_is_that_of_tensorflow() -> None:
    entry = recorded("v2_sharded.data-00000-of-00002")[:8]  # the variable `a`, [1.0, 2.0]
    assert entry == b"\0\0\x80\x3f\0\0\0\x40"
    assert mask(crc32c(entry)).to_bytes(4, "little") in recorded("v2_sharded.index")


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_joining_two_is_the_checksum_of_both(first: bytes, second: bytes) -> None:
    assert combine(crc32c(first), crc32c(second), len(second)) == crc32c(first + second)
    assert crc32c(second, crc32c(first)) == crc32c(first + second)


def test_joining_takes_steps_as_the_logarithm_of_the_length() -> None:
    zeros = crc32c(bytes(1 << 20))
    doubled = zeros
    for power in range(20, 40):
        doubled = combine(doubled, doubled, 1 << power)  # of 2**40 zeros in the end
    assert combine(combine(zeros, zeros, 1 << 20), zeros, 1 << 20) == crc32c(bytes(3 << 20))
    assert combine(doubled, crc32c(b"x"), 1) != doubled


def test_without_the_extension_module_the_package_is_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Blind:
        @staticmethod
        def find_spec(*_: object) -> None:
            return None

    monkeypatch.setattr(checksum, "PathFinder", Blind)
    assert checksum.load() is sys.modules["crc32c"].crc32c


def test_the_import_does_not_ask_for_versions_of_packages() -> None:
    code = (
        "import sys; import tf2migrate.checkpoint.files.checksum as c;"
        "assert c.crc32c(b'123456789') == 0xE3069283;"
        "print([name for name in ('importlib.metadata', 'crc32c', 'numpy') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
