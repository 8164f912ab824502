"""The objects that a Python function keeps alive or names."""

from __future__ import annotations

import dis
import types
from collections.abc import Iterator
from functools import cache
from typing import Any

import tensorflow as tf

from tf2migrate.runtime import keras

FUNCTIONS = (types.FunctionType, types.MethodType, staticmethod, classmethod, property)


def of_function(function: Any) -> Iterator[tuple[str, Any]]:
    """What a function, method or property holds, each with how it is reached from there.

    That is its closure, its defaults, its attributes, the object that a method is
    bound to, and of the global names that it reads those which are variables.
    """
    if isinstance(function, types.MethodType):
        yield ".__self__", function.__self__
        yield "", function.__func__
    elif isinstance(function, property):
        yield "", function.fget
    elif isinstance(function, types.FunctionType):
        yield from _closure(function)
        yield ".__defaults__", function.__defaults__
        yield ".__kwdefaults__", function.__kwdefaults__
        yield from ((f".{name}", value) for name, value in vars(function).items())
        yield from _globals(function)
    else:
        yield "", function.__func__


def _closure(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    names = function.__code__.co_freevars
    for name, cell in zip(names, function.__closure__ or (), strict=True):
        try:
            yield f" (closure over {name})", cell.cell_contents
        except ValueError:  # not assigned yet
            continue


def _globals(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    for name in _global_names(function.__code__):
        value = function.__globals__.get(name)
        if isinstance(value, tf.Variable) or keras.is_variable(value):
            yield f" (global {name})", value


@cache
def _global_names(code: types.CodeType) -> frozenset[str]:
    """The global names that the code and the functions inside it read."""
    names = {
        str(instruction.argval)
        for instruction in dis.get_instructions(code)
        if instruction.opname == "LOAD_GLOBAL"
    }
    inner = (constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    return frozenset(names.union(*map(_global_names, inner)))
