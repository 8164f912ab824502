"""Layers of tf.layers, tf.contrib.layers and slim for TensorFlow 2.

Each is an object of the scope that TensorFlow 1 gave it, with variables of the same names, and
computes what the layer of TensorFlow 1.15 computes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from tests.goldens.scopes import Scope

Activation = Callable[[Any], Any] | None


class Dense:
    """tf.layers.dense; with the names `weights` and `biases` contrib's fully_connected."""

    def __init__(
        self,
        scope: Scope,
        inputs: int,
        units: int,
        activation: Activation = None,
        names: Sequence[str] = ("kernel", "bias"),
    ) -> None:
        self.kernel = scope.variable(names[0], [inputs, units])
        self.bias = scope.variable(names[1], [units]) if len(names) > 1 else None
        self.activation = activation

    def __call__(self, x: Any) -> Any:
        return finished(tf.tensordot(x, self.kernel, 1), self.bias, self.activation)


class Conv:
    """Convolutions of tf.layers, contrib and slim, in one or two dimensions."""

    def __init__(
        self,
        scope: Scope,
        shape: Sequence[int],
        strides: int = 1,
        padding: str = "VALID",
        activation: Activation = None,
        names: Sequence[str] = ("kernel", "bias"),
    ) -> None:
        self.kernel = scope.variable(names[0], shape)
        self.bias = scope.variable(names[1], shape[-1:]) if len(names) > 1 else None
        self.strides, self.padding, self.activation = strides, padding, activation

    def __call__(self, x: Any) -> Any:
        output = tf.nn.convolution(x, self.kernel, self.strides, self.padding)
        return finished(output, self.bias, self.activation)


class ConvTranspose:
    """tf.layers.conv2d_transpose with padding SAME; the kernel is [height, width, out, in]."""

    def __init__(self, scope: Scope, shape: Sequence[int], strides: int) -> None:
        self.kernel = scope.variable("kernel", shape)
        self.bias = scope.variable("bias", [shape[2]])
        self.strides = strides

    def __call__(self, x: Any) -> Any:
        batch, height, width, _ = x.shape
        size = [batch, height * self.strides, width * self.strides, self.kernel.shape[2]]
        output = tf.nn.conv2d_transpose(x, self.kernel, size, self.strides, "SAME")
        return finished(output, self.bias, None)


class SeparableConv:
    """tf.layers.separable_conv2d with padding SAME."""

    def __init__(self, scope: Scope, size: int, inputs: int, multiplier: int, units: int) -> None:
        shape = [size, size, inputs, multiplier]
        self.depthwise = scope.variable("depthwise_kernel", shape)
        self.pointwise = scope.variable("pointwise_kernel", [1, 1, inputs * multiplier, units])
        self.bias = scope.variable("bias", [units])

    def __call__(self, x: Any) -> Any:
        strides = [1, 1, 1, 1]
        output = tf.nn.separable_conv2d(x, self.depthwise, self.pointwise, strides, "SAME")
        return finished(output, self.bias, None)


def finished(x: Any, bias: Any, activation: Activation) -> Any:
    """Add the bias, apply the activation."""
    with_bias = x if bias is None else x + bias
    return with_bias if activation is None else activation(with_bias)


class BatchNorm:
    """Batch normalisation of the last axis.

    Args:
      bessel: whether the moving variance is that of a sample, N / (N - 1): what TensorFlow's fused
        kernel gives, which tf.layers takes for images and contrib for vectors as well.
      center, scale: whether there are `beta` and `gamma`.
    """

    epsilon = 0.001

    def __init__(
        self, scope: Scope, units: int, momentum: float, bessel: bool, scale: bool = True
    ) -> None:
        self.gamma = scope.variable("gamma", [units]) if scale else None
        self.beta = scope.variable("beta", [units])
        self.mean = scope.variable("moving_mean", [units], trainable=False)
        self.variance = scope.variable("moving_variance", [units], trainable=False)
        self.momentum, self.bessel = momentum, bessel

    def __call__(self, x: Any, training: bool) -> Any:
        mean, variance = self.moments(x) if training else (self.mean, self.variance)
        return tf.nn.batch_normalization(x, mean, variance, self.beta, self.gamma, self.epsilon)

    def moments(self, x: Any) -> tuple[Any, Any]:
        """Mean and variance of the batch."""
        mean, variance = tf.nn.moments(x, list(range(len(x.shape) - 1)))
        return mean, variance

    def update(self, x: Any) -> None:
        """What UPDATE_OPS do with the input of a training step."""
        mean, variance = self.moments(x)
        count = tf.size(x) // x.shape[-1]
        if self.bessel:
            variance *= tf.cast(count, tf.float32) / tf.cast(count - 1, tf.float32)
        self.follow(self.mean, mean)
        self.follow(self.variance, variance)

    def follow(self, variable: Any, value: Any) -> None:
        """One step of a moving average."""
        variable.assign_sub((variable - value) * (1.0 - self.momentum))


class Renorm(BatchNorm):
    """Batch renormalisation (Ioffe 2017) without clipping.

    The moving mean, variance and standard deviation are kept for inference, the two of
    renormalisation for training.
    """

    def __init__(self, scope: Scope, units: int, momentum: float) -> None:
        super().__init__(scope, units, momentum, bessel=False)
        self.stddev = scope.variable("moving_stddev", [units], trainable=False)
        self.renorm_mean = scope.variable("renorm_mean", [units], trainable=False)
        self.renorm_stddev = scope.variable("renorm_stddev", [units], trainable=False)

    def __call__(self, x: Any, training: bool) -> Any:
        if not training:
            return super().__call__(x, training)
        mean, variance = self.moments(x)
        stddev = tf.sqrt(variance + self.epsilon)
        ratio = tf.stop_gradient(stddev / self.renorm_stddev)
        shift = tf.stop_gradient((mean - self.renorm_mean) / self.renorm_stddev)
        renormalised = (x - mean) / stddev * ratio + shift
        return renormalised * self.gamma + self.beta

    def update(self, x: Any) -> None:
        mean, variance = self.moments(x)
        stddev = tf.sqrt(variance + self.epsilon)
        self.follow(self.renorm_mean, mean)
        self.follow(self.renorm_stddev, stddev)
        self.follow(self.mean, mean)
        self.follow(self.stddev, stddev)
        self.variance.assign(tf.square(self.stddev) - self.epsilon)


class Norm:
    """contrib's layer_norm, instance_norm and group_norm: statistics of each example.

    Args:
      axes: over which mean and variance are taken.
      groups: of how many channels each example has its own statistics, 0 for no groups.
    """

    def __init__(
        self, scope: Scope, units: int, axes: Sequence[int], epsilon: float, groups: int = 0
    ) -> None:
        self.gamma = scope.variable("gamma", [units])
        self.beta = scope.variable("beta", [units])
        self.axes, self.epsilon, self.groups = list(axes), epsilon, groups

    def __call__(self, x: Any) -> Any:
        grouped = x
        if self.groups:
            *outer, units = x.shape
            grouped = tf.reshape(x, [*outer, self.groups, units // self.groups])
        mean, variance = tf.nn.moments(grouped, self.axes, keepdims=True)
        normal = tf.reshape((grouped - mean) * tf.math.rsqrt(variance + self.epsilon), x.shape)
        return normal * self.gamma + self.beta
