"""Transforms as texts: what they say of shapes, what they do, and what undoes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tf2migrate.checkpoint.transforms import Signature, Transform, parse
from tf2migrate.model.checkpoint_error import CheckpointError


def numbers(*shape: int, dtype: str = "float32") -> Any:
    return np.arange(np.prod(shape), dtype=dtype).reshape(shape)


def signatures(values: list[Any]) -> tuple[Signature, ...]:
    return tuple(Signature(value.shape, value.dtype.name) for value in values)


def applied(text: str, *values: Any) -> list[Any]:
    """The results, after checking that shapes and dtypes are as foretold."""
    transform = parse(text)
    results = transform.apply(values)
    assert signatures(results) == transform.infer(signatures(list(values)))
    return [result.tolist() for result in results]


def test_no_steps_change_nothing() -> None:
    assert not parse("")
    assert not parse("  ")
    assert parse("").apply([numbers(2)])[0].tolist() == [0, 1]
    assert parse("transpose(1,0)")


def test_transpose() -> None:
    assert applied("transpose(1,0)", numbers(2, 3)) == [[[0, 3], [1, 4], [2, 5]]]
    value = numbers(2, 3, 4)
    assert applied("transpose(2,0,1)", value) == [np.transpose(value, (2, 0, 1)).tolist()]


def test_reshape() -> None:
    assert applied("reshape(6)", numbers(2, 3)) == [[0, 1, 2, 3, 4, 5]]
    assert applied("reshape(3,-1)", numbers(2, 3)) == [[[0, 1], [2, 3], [4, 5]]]
    assert applied("reshape()", numbers(1, 1)) == [0]


def test_cast() -> None:
    assert applied("cast(int32)", np.array([1.9, -1.9])) == [[1, -1]]
    assert applied("cast(float64)", np.array(1.5, np.float32)) == [1.5]
    assert applied("cast(bool)", np.array([0, 2])) == [[False, True]]
    assert applied("cast(float32)", np.array([1 + 2j])) == [[1]]


def test_bfloat16_is_rounded_to_even_and_stays_float32() -> None:
    value = np.array([1 + 2**-8, 1 + 3 * 2**-8, -1.0, np.inf, 0.0], np.float32)
    transform = parse("cast(bfloat16)")
    assert transform.infer(signatures([value])) == (Signature((5,), "bfloat16"),)
    assert transform.apply([value])[0].tolist() == [1, 1 + 2**-6, -1, np.inf, 0]
    assert np.isnan(transform.apply([np.array([np.nan], np.float32)])[0]).all()
    assert transform.apply([np.array(2.0, np.float32)])[0].shape == ()


def test_scale_and_add_keep_the_dtype() -> None:
    assert applied("scale(-0.5)", numbers(3)) == [[0, -0.5, -1]]
    assert applied("scale(-0.5)", np.array(2.0, np.float16)) == [-1]
    assert applied("add(0,4,1,1.0)", numbers(8)) == [[0, 1, 3, 4, 4, 5, 6, 7]]
    assert applied("add(1,2,0,-1)", numbers(1, 2)) == [[[-1, 1]]]


def test_blocks() -> None:
    assert applied("blocks(0,1,0,2)", numbers(6)) == [[2, 3, 0, 1, 4, 5]]
    assert applied("blocks(1,1,0)", numbers(2, 2)) == [[[1, 0], [3, 2]]]
    assert applied("blocks(0,1,zero,0)", numbers(2) + 1) == [[2, 0, 1]]
    assert applied("unblocks(0,1,zero,0)", np.array([2, 0, 1])) == [[1, 2]]


def test_lists() -> None:
    assert applied("split(0,1,2)", numbers(3)) == [[0], [1, 2]]
    assert applied("split(0,[1,2])", numbers(3)) == [[0], [1, 2]]
    assert applied("concat(0)", numbers(1), numbers(2)) == [[0, 0, 1]]
    assert applied("order(1,0)", numbers(1), numbers(2)) == [[0, 1], [0]]
    assert applied("on(1,1,split(0,1,1)) | on(0,2,concat(0))", numbers(1), numbers(2)) == [
        [0, 0],
        [1],
    ]


@pytest.mark.parametrize("steps", [0, 1, 10, 1000, 20_000])
def test_iterations_of_adam(steps: int) -> None:
    """The powers as TensorFlow multiplies them, one float32 product a step."""
    first = second = np.float32(1)
    for _ in range(steps + 1):
        first, second = first * np.float32(0.9), second * np.float32(0.999)
    assert applied("iterations(0.9,0.999)", np.array(first), np.array(second)) == [steps]
    back = parse("powers(0.9,0.999)").apply([np.array(steps)])
    assert np.allclose(back, [first, second], rtol=1e-2, atol=1e-30)


def test_powers_that_have_vanished_do_not_tell_the_steps() -> None:
    with pytest.raises(CheckpointError, match="take the global step"):
        applied("iterations(0.9)", np.array(0.0, np.float32))


def test_a_constant_comes_of_nothing() -> None:
    (found,) = parse("constant(10)").apply([])
    assert (found.tolist(), found.dtype.name, found.shape) == (10, "int64", ())
    assert parse("constant(10)").infer([]) == (Signature((), "int64"),)


INVERTIBLE = [
    ("transpose(2,0,1)", [numbers(2, 3, 4)]),
    ("reshape(3,-1)", [numbers(2, 3)]),
    ("cast(float64)", [numbers(2)]),
    ("scale(-0.5)", [numbers(3)]),
    ("add(0,2,1,1.0)", [numbers(4)]),
    ("blocks(1,2,0,1)", [numbers(2, 6)]),
    ("blocks(0,1,0,2,zero,zero,3)", [numbers(8)]),
    ("concat(0)", [numbers(2, 3), numbers(1, 3)]),
    ("split(1,1,2)", [numbers(2, 3)]),
    ("order(2,0,1)", [numbers(1), numbers(2), numbers(3)]),
    ("on(1,2,concat(0)) | on(0,1,reshape(4))", [numbers(2, 2), numbers(2), numbers(3)]),
    ("concat(1) | blocks(1,1,0,2) | split(0,3,4)", [numbers(7, 8), numbers(7, 4)]),
]


@pytest.mark.parametrize(("text", "values"), INVERTIBLE, ids=[text for text, _ in INVERTIBLE])
def test_the_inverse_gives_the_values_back(text: str, values: list[Any]) -> None:
    transform = parse(text)
    forms = signatures(values)
    results = transform.apply(values)
    inverse = parse(str(transform.inverse(forms)))
    back = inverse.apply(results)
    assert signatures(back) == forms == inverse.infer(signatures(results))
    assert [one.tolist() for one in back] == [one.tolist() for one in values]


def test_what_needs_no_shapes_is_undone_without_them() -> None:
    text = "transpose(1,0) | blocks(0,1,0) | scale(2.0) | split(0,1,1) | order(1,0)"
    values = parse(text).apply([numbers(4, 2)])
    assert str(parse(text).undone()) == (
        "order(1,0) | concat(0) | scale(0.5) | blocks(0,1,0) | transpose(1,0)"
    )
    assert parse(text).undone().apply(values)[0].tolist() == numbers(4, 2).tolist()
    with pytest.raises(CheckpointError, match="undoing it"):
        parse("reshape(6)").undone()


@pytest.mark.parametrize(
    "text",
    [
        "transpose(1,0)",
        "concat(1) | blocks(1,1,0,2) | split(0,3,4)",
        "on(0,1,on(0,1,cast(bfloat16)))",
        "add(0,4,1,1.0) | scale(-0.05)",
        "iterations(0.9,0.999)",
        "constant(10)",
        "reshape()",
    ],
)
def test_a_transform_is_its_text(text: str) -> None:
    assert str(parse(text)) == text
    assert parse(text) == parse(f" {text.replace(',', ' , ')} ")
    assert hash(parse(text)) == hash(parse(text))
    assert parse(text) != Transform()


@pytest.mark.parametrize(
    "text",
    [
        "turn(1)",
        "transpose",
        "transpose(1,0",
        "transpose(1,2)",
        "transpose(0,0)",
        "transpose(a)",
        "reshape(-1,-1)",
        "reshape(-2)",
        "reshape(2.5)",
        "cast(string)",
        "cast(float32,float64)",
        "cast(np.float32)",
        "scale(0)",
        "scale(nan)",
        "scale(x)",
        "add(0,2,2,1.0)",
        "add(0,2)",
        "blocks(0,0,0)",
        "blocks(0,0,2)",
        "blocks(0,0,one)",
        "blocks(0)",
        "split(0)",
        "split(0,-1,2)",
        "order(1,1)",
        "on(0,0,cast(bool))",
        "on(0,1)",
        "on(0,1,2)",
        "iterations()",
        "iterations(1.5)",
        "constant(1.5)",
        "constant()",
        "transpose(1,0) | | cast(bool)",
        "__import__('os')",
        "on(0,1," * 40 + "cast(bool)" + ")" * 40,
    ],
)
def test_a_text_that_is_no_transform(text: str) -> None:
    with pytest.raises(CheckpointError, match="transform"):
        parse(text)


MISFITS = [
    ("transpose(1,0)", [(2, 3, 4)]),
    ("transpose(1,0)", [(2, 3), (2, 3)]),
    ("reshape(5)", [(6,)]),
    ("reshape(4,-1)", [(6,)]),
    ("add(0,4,1,1.0)", [(6,)]),
    ("add(1,2,1,1.0)", [(6,)]),
    ("blocks(0,1,0)", [(5,)]),
    ("blocks(1,1,0)", [(4,)]),
    ("unblocks(0,1,zero,0)", [(4,)]),
    ("concat(0)", [(2, 3), (2, 4)]),
    ("concat(1)", [(2,), (2,)]),
    ("concat(0)", []),
    ("split(0,1,2)", [(4,)]),
    ("order(1,0)", [(4,)]),
    ("on(0,2,concat(0))", [(4,)]),
    ("iterations(0.9)", [(4,)]),
    ("powers(0.9)", [(4,)]),
    ("constant(1)", [()]),
]


@pytest.mark.parametrize(("text", "shapes"), MISFITS)
def test_values_that_do_not_fit(text: str, shapes: list[tuple[int, ...]]) -> None:
    with pytest.raises(CheckpointError, match="transform"):
        parse(text).infer([Signature(shape, "float32") for shape in shapes])
    with pytest.raises(CheckpointError, match="transform"):
        parse(text).apply([np.zeros(shape, np.float32) for shape in shapes])


@pytest.mark.parametrize(
    "text", ["cast(int64)", "scale(2.0)", "add(0,1,0,1.0)", "blocks(0,0,zero)"]
)
def test_strings_are_no_numbers(text: str) -> None:
    with pytest.raises(CheckpointError, match="string"):
        parse(text).infer([Signature((2,), "string")])


def test_strings_can_be_moved() -> None:
    texts = np.array([b"a", b"b", b"c"], object)
    form = [Signature((3,), "string")]
    assert parse("blocks(0,2,0,1)").apply([texts], form)[0].tolist() == [b"c", b"a", b"b"]


SHAPES = st.lists(st.integers(0, 4), min_size=1, max_size=3).map(tuple)


@given(SHAPES, st.randoms(use_true_random=False))
def test_any_chain_of_steps_can_be_undone(shape: tuple[int, ...], random: Any) -> None:
    value = numbers(*shape)
    texts: list[str] = []
    form = shape
    for _ in range(random.randint(0, 4)):
        axis = random.randrange(len(form))
        kind = random.choice(["transpose", "reshape", "blocks", "parts"])
        if kind == "transpose":
            order = random.sample(range(len(form)), len(form))
            texts.append(f"transpose({','.join(map(str, order))})")
        elif kind == "reshape":
            texts.append(f"reshape({int(np.prod(form))})")
        elif kind == "blocks" and form[axis]:
            order = random.sample(range(form[axis]), form[axis])
            texts.append(f"blocks({axis},{','.join(map(str, order))})")
        else:
            cut = random.randint(0, form[axis])
            texts.append(f"split({axis},{cut},{form[axis] - cut}) | concat({axis})")
        form = parse(" | ".join(texts)).infer(signatures([value]))[0].shape
    transform = parse(" | ".join(texts))
    (result,) = transform.apply([value])
    (back,) = transform.inverse(signatures([value])).apply([result])
    assert result.shape == form
    assert back.shape == shape
    assert back.tolist() == value.tolist()
