"""The number of steps that Adam's powers tell."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tf2migrate.checkpoint.keras_slots import translation
from tf2migrate.checkpoint.steps_done import StepsDone, fit, steps_done


def powers(steps: int, *betas: float) -> tuple[float, ...]:
    """As TensorFlow has them, one float32 product a step."""
    found = [np.float32(1)] * len(betas)
    for _ in range(steps + 1):
        found = [power * np.float32(beta) for power, beta in zip(found, betas, strict=True)]
    return tuple(map(float, found))


@pytest.mark.parametrize("steps", [0, 1, 2, 10, 500])
@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.999), (0.9, 0.99), (0.9,), (0.95, 0.999)])
def test_defaults_and_what_people_write(steps: int, betas: tuple[float, ...]) -> None:
    for step in (None, steps):
        done = steps_done(powers(steps, *betas), step)
        if done is None:  # neither is a default that its power would tell, or it has vanished
            assert step is None or min(powers(steps, *betas)) < 1e-37
        else:
            assert done == StepsDone(steps, betas)


@pytest.mark.parametrize("steps", [1, 10, 500])
def test_one_default_is_enough(steps: int) -> None:
    assert steps_done(powers(steps, 0.95, 0.999), None) == StepsDone(steps, (0.95, 0.999))


def test_betas_that_are_no_defaults_need_the_global_step() -> None:
    assert steps_done(powers(10, 0.8, 0.95), 10) == StepsDone(10, (0.8, 0.95))
    assert steps_done(powers(10, 0.8, 0.95), None) is None


def test_a_global_step_that_does_not_fit_is_not_believed() -> None:
    """It may count something else; two defaults agree on another number."""
    assert steps_done(powers(10, 0.9, 0.999), 25) == StepsDone(10, (0.9, 0.999))


@pytest.mark.parametrize("values", [(0.0, 0.5), (1.0, 1.0), (float("nan"), 0.9), (1e-40, 0.9)])
def test_powers_that_tell_nothing(values: tuple[float, ...]) -> None:
    assert steps_done(values, None) is None


@pytest.mark.parametrize(
    ("tf1", "keras", "base", "slots", "unused", "negated"),
    [
        ({"m", "v"}, {"momentum", "velocity"}, "Adam", 2, (), False),
        ({"m", "v"}, {"m", "u"}, "AdaMax", 2, (), False),
        ({"momentum"}, {"momentum"}, "Momentum", 1, (), True),
        ({"rms", "momentum"}, {"velocity"}, "RMSProp", 1, ("momentum",), False),
        ({"rms", "momentum"}, {"velocity", "momentum"}, "RMSProp", 2, (), False),
        (
            {"rms", "mg", "momentum"},
            {"velocity", "average_gradient"},
            "RMSProp",
            2,
            ("momentum",),
            False,
        ),
        ({"accum", "linear"}, {"accumulator", "linear"}, "Ftrl", 2, (), False),
    ],
)
def test_slots_of_keras(
    tf1: set[str], keras: set[str], base: str, slots: int, unused: tuple[str, ...], negated: bool
) -> None:
    found = translation(tf1, keras, base)
    assert found is not None
    assert set(found.slots.values()) == keras
    assert (len(found.slots), found.unused, found.negated) == (slots, unused, negated)


@pytest.mark.parametrize(
    ("tf1", "keras", "base"),
    [
        ({"m", "v"}, {"momentum", "velocity", "velocity_hat"}, "Adam"),
        ({"m", "v"}, {"momentum"}, "Adam"),
        ({"rms", "momentum"}, {"velocity", "average_gradient"}, "RMSProp"),
        ({"momentum"}, {"accumulator"}, "Momentum"),
        ({"accumulator"}, {"accumulator"}, "ProximalAdagrad"),
        ({"momentum"}, set(), "Momentum"),
    ],
)
def test_slots_that_keras_has_not(tf1: set[str], keras: set[str], base: str) -> None:
    assert translation(tf1, keras, base) is None


@pytest.mark.parametrize(
    ("powers", "steps", "fits"),
    [
        ((0.9**11, 0.999**11), 10, True),
        ((0.0, 0.999**2001), 2000, True),
        ((0.0, 0.999**2001), 1500, False),
        ((0.5, 0.999**11), 10, False),
        ((1.5,), 10, False),
        ((-0.5,), 10, False),
        ((math.nan,), 10, False),
    ],
    ids=["both", "one vanished", "other steps", "one perturbed", "above 1", "negative", "NaN"],
)
def test_powers_fit_the_steps_or_do_not(powers: tuple[float, ...], steps: int, fits: bool) -> None:
    assert fit(powers, steps) is fits
