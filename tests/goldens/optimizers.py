"""Optimizers of tf.contrib.opt for TensorFlow 2, in the way of tf.compat.v1.train.Optimizer.

Slots are called as there, so that converted checkpoints restore. The formulas are those of the
papers that contrib names: Adam, AdaMax (Kingma and Ba 2014), Nadam (Dozat 2016), decoupled weight
decay (Loshchilov and Hutter 2017).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import tensorflow as tf

AdamOptimizer: Any = tf.compat.v1.train.AdamOptimizer
MomentumOptimizer: Any = tf.compat.v1.train.MomentumOptimizer


class AdaMax(AdamOptimizer):  # type: ignore[misc]
    """The second moment is a maximum."""

    def __init__(self, rate: float) -> None:
        super().__init__(rate, name="AdaMax")

    def _create_slots(self, var_list: Iterable[Any]) -> None:
        variables = list(var_list)
        self._create_non_slot_variable(0.9, "beta1_power", min(variables, key=lambda v: v.name))
        for variable in variables:
            self._zeros_slot(variable, "m", self._name)
            self._zeros_slot(variable, "v", self._name)

    @property
    def power(self) -> Any:
        """beta1 to the power of the step."""
        return self._get_non_slot_variable("beta1_power")

    def _resource_apply_dense(self, grad: Any, var: Any) -> Any:
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        m.assign(0.9 * m + (1.0 - 0.9) * grad)
        v.assign(tf.maximum(0.999 * v, tf.abs(grad)))
        return var.assign_sub(self._lr / (1.0 - self.power) * m / (v + 1e-8)).op

    def _finish(self, update_ops: Any, name_scope: Any) -> Any:
        with tf.control_dependencies(update_ops), tf.name_scope(name_scope):
            return self.power.assign(self.power * 0.9)


class Nadam(AdamOptimizer):  # type: ignore[misc]
    """Adam with Nesterov's momentum."""

    def _resource_apply_dense(self, grad: Any, var: Any) -> Any:
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        beta1, beta2 = self._get_beta_accumulators()
        return tf.raw_ops.ResourceApplyAdam(
            var=var.handle,
            m=m.handle,
            v=v.handle,
            beta1_power=beta1,
            beta2_power=beta2,
            lr=self._lr_t,
            beta1=self._beta1_t,
            beta2=self._beta2_t,
            epsilon=self._epsilon_t,
            grad=grad,
            use_nesterov=True,
        )


class LazyAdam(AdamOptimizer):  # type: ignore[misc]
    """Adam whose moments change in the rows that have a gradient only."""

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any) -> Any:
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        beta1, beta2 = self._get_beta_accumulators()
        rate = self._lr_t * tf.sqrt(1 - beta2) / (1 - beta1)
        new_m = self._beta1_t * tf.gather(m, indices) + (1 - self._beta1_t) * grad
        new_v = self._beta2_t * tf.gather(v, indices) + (1 - self._beta2_t) * tf.square(grad)
        m.scatter_update(tf.IndexedSlices(new_m, indices))
        v.scatter_update(tf.IndexedSlices(new_v, indices))
        change = rate * new_m / (tf.sqrt(new_v) + self._epsilon_t)
        return var.scatter_sub(tf.IndexedSlices(change, indices))


class Decayed:
    """Decoupled weight decay before each step of another optimizer."""

    decay: float

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None) -> Any:
        for _, variable in grads_and_vars:
            variable.assign_sub(self.decay * variable)
        return super().apply_gradients(grads_and_vars, global_step)  # type: ignore[misc]


class AdamW(Decayed, AdamOptimizer):  # type: ignore[misc]
    """Adam with weight decay."""

    def __init__(self, decay: float, rate: float) -> None:
        super().__init__(rate, name="AdamW")
        self.decay = decay


class MomentumW(Decayed, MomentumOptimizer):  # type: ignore[misc]
    """Momentum with weight decay."""

    def __init__(self, decay: float, rate: float, momentum: float) -> None:
        super().__init__(rate, momentum, name="MomentumW")
        self.decay = decay
