"""RNN cells of TensorFlow 1 as Keras lays them out: which variables make which, and how.

The formulas were measured: with random weights, each cell of TF 1.15.5 and the
Keras cell that gets the transformed ones agree to 2e-7.
"""

from __future__ import annotations

from typing import NamedTuple

KERAS_VARIABLES = ("kernel", "recurrent_kernel", "bias")
"""A Keras cell's variables, by their paths below the cell."""


class Recipe(NamedTuple):
    """Some variables of a TF1 cell and the Keras variables that hold the same numbers.

    Attributes:
      sources: TF1 names below the cell's scope.
      targets: object paths below the Keras cell's.
      transform: from the sources' values to the targets' (`transforms.parse`).
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    transform: str


def gru(
    inputs: int,
    units: int,
    gates: tuple[str, str] = ("gates/kernel", "gates/bias"),
    candidate: tuple[str, str] = ("candidate/kernel", "candidate/bias"),
) -> tuple[Recipe, Recipe]:
    """GRUCell, GRUBlockCellV2 and (with their names) GRUBlockCell.

    TensorFlow 1 has the gates reset and update in one matrix and the candidate
    in another; `GRUCell(reset_after=False)` of Keras has update, reset, candidate.
    """
    swapped = "blocks({axis},1,0,2)"
    kernels = f"concat(1) | {swapped.format(axis=1)} | split(0,{inputs},{units})"
    return (
        Recipe((gates[0], candidate[0]), ("kernel", "recurrent_kernel"), kernels),
        Recipe((gates[1], candidate[1]), ("bias",), f"concat(0) | {swapped.format(axis=0)}"),
    )


def gru_block(inputs: int, units: int) -> tuple[Recipe, Recipe]:
    """GRUBlockCell, whose variables have names of their own."""
    return gru(inputs, units, ("w_ru", "b_ru"), ("w_c", "b_c"))


def lstm(inputs: int, units: int, forget_bias: float = 1.0) -> tuple[Recipe, Recipe]:
    """BasicLSTMCell, LSTMCell, LSTMBlockCell, LSTMBlockFusedCell; CudnnCompatibleLSTMCell with 0.

    TensorFlow 1 has input gate, new input, forget gate, output gate, and adds
    `forget_bias` at each step; Keras has input, forget, new input, output.
    """
    bias = "blocks(0,0,2,1,3)" + (f" | add(0,4,1,{float(forget_bias)!r})" if forget_bias else "")
    kernels = f"blocks(1,0,2,1,3) | split(0,{inputs},{units})"
    return (
        Recipe(("kernel",), ("kernel", "recurrent_kernel"), kernels),
        Recipe(("bias",), ("bias",), bias),
    )


def basic_rnn(inputs: int, units: int) -> tuple[Recipe, Recipe]:
    """BasicRNNCell, `SimpleRNNCell` in Keras."""
    return (
        Recipe(("kernel",), ("kernel", "recurrent_kernel"), f"split(0,{inputs},{units})"),
        Recipe(("bias",), ("bias",), ""),
    )


def cudnn_gru(inputs: int, units: int) -> tuple[Recipe, Recipe]:
    """CudnnCompatibleGRUCell, `GRUCell(reset_after=True)` in Keras.

    Its gates have one bias, which becomes the one of the inputs; the recurrent
    one is zero there.
    """
    below = "candidate/{}_projection/{}".format
    kernels = (
        f"on(0,1,split(0,{inputs},{units})) | order(0,2,1,3)"
        " | on(0,2,concat(1)) | on(1,2,concat(1))"
        " | on(0,1,blocks(1,1,0,2)) | on(1,1,blocks(1,1,0,2))"
    )
    biases = f"concat(0) | blocks(0,1,0,2,zero,zero,3) | reshape(2,{3 * units})"
    return (
        Recipe(
            ("gates/kernel", below("input", "kernel"), below("hidden", "kernel")),
            ("kernel", "recurrent_kernel"),
            kernels,
        ),
        Recipe(("gates/bias", below("input", "bias"), below("hidden", "bias")), ("bias",), biases),
    )
