"""Optimizers of TensorFlow 1 that became Keras 3 optimizers, through what the conversion does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tf2migrate.checkpoint.keras_layout import (
    RATE,
    STEPS,
    KerasOptimizer,
    keras_layout,
    of_keras,
    slot_transform,
)
from tf2migrate.checkpoint.keras_slots import Translation
from tf2migrate.checkpoint.optimizers import Optimizer, Optimizers, find_optimizers
from tf2migrate.checkpoint.solve.matching import Matching, Pair
from tf2migrate.checkpoint.steps_done import fit, steps_done
from tf2migrate.checkpoint.transforms import parse
from tf2migrate.model.inventory import Inventory, Kind, Source, VariableRow

_BETAS = (0.9, 0.999)
"""TensorFlow's defaults, where the powers themselves are not known."""

_BY_NAMES = frozenset({Source.TF1_CHECKPOINT, Source.GRAPH, Source.RECORDING})


class KerasOptimizers:
    """Settles the variables of Keras optimizers, where TensorFlow 1's come before.

    Slots of one name may be other numbers there, so no other step of the solver
    may see them; they wait until the variables that they belong to are settled.
    The learning rate and the powers of the betas are read: transforms depend on them.
    """

    def __init__(self, matching: Matching, before: Inventory, after: Inventory) -> None:
        self._matching = matching
        self._before = before
        self._after = after
        self._waiting: set[str] = set()
        if before.source in _BY_NAMES:
            rows = of_keras(matching.all_after.values())
            self._waiting = {row.key for row in rows if row.key in matching.after}
            matching.later |= self._waiting

    def match(self) -> None:
        """Raises:
        CheckpointError: a scalar cannot be read.
        """
        matching = self._matching
        if not self._waiting:
            return
        waiting = [row for key, row in matching.after.items() if key in self._waiting]
        layouts = keras_layout(row for row in waiting if row.key not in matching.fixed)
        trained = [keras for keras in layouts if keras.slots]
        found = self._old_optimizers(trained)
        for keras in layouts:
            if not keras.slots:
                self._join_state(keras, [])
        fits = [[each for each in found.found if self._fits(each, keras)] for keras in trained]
        for keras, olds in zip(trained, fits, strict=True):
            rivals = sum(olds[0] in others for others in fits) if olds else 0
            if len(olds) == rivals == 1:
                self._join(olds[0], keras)
            elif olds:
                rows = [row for old in olds for row in old.rows()]
                self._leave(rows, keras, "more than one optimizer fits")
            elif found.open:
                self._leave(found.open, keras, "; ".join(found.reasons))

    def release(self) -> None:
        """What is still open is shown as a candidate for other variables."""
        self._matching.later = set()

    def _old_optimizers(self, layouts: Sequence[KerasOptimizer]) -> Optimizers:
        rows = [row for row in self._matching.all_before.values() if _may_train(row)]
        rows += [row for row in self._matching.open_before() if _is_of_optimizer(row)]
        found = find_optimizers(rows, [self._trained(keras) for keras in layouts])
        if found.open:  # one optimizer may train more variables than a Keras optimizer
            whole = find_optimizers(rows)
            found = found if whole.open else whole
        return found

    def _moves(self, keras: KerasOptimizer) -> list[Pair]:
        """What became of the variables that the optimizer trains."""
        return [
            pair
            for pair in self._matching.pairs
            if pair.before and pair.after and all(row.key in keras.slots for row in pair.after)
        ]

    def _trained(self, keras: KerasOptimizer) -> set[str]:
        return {row.key for pair in self._moves(keras) for row in pair.before}

    def _fits(self, old: Optimizer, keras: KerasOptimizer) -> bool:
        variables = {row.slot.variable for row, _ in old.slots if row.slot is not None}
        return bool(variables & self._trained(keras)) and keras.translation(old) is not None

    def _join(self, old: Optimizer, keras: KerasOptimizer) -> None:
        how = keras.translation(old)
        assert how is not None
        rate = self._rate(keras) if how.negated else None
        rows = {(row.slot.variable, name): row for row, name in old.slots if row.slot}
        for pair in self._moves(keras):
            transform = str(slot_transform(parse(pair.transform), how, rate))
            for name, new_name in how.slots.items():
                before = [rows.get((row.key, name)) for row in pair.before]
                after = [
                    self._matching.after.get(keras.slots[row.key].get(new_name, ""))
                    for row in pair.after
                ]
                one = [row for row in before if row is not None]
                other = [row for row in after if row is not None]
                if len(one) != len(before) or len(other) != len(after):
                    continue
                if how.negated and rate is None:
                    reason = "Keras's momentum holds the learning rate, which is 0 or not known"
                    self._matching.leave(one, other, reason)
                else:
                    evidence = f"slot {new_name} of the Keras optimizer {keras.path}"
                    self._matching.join_all(one, other, evidence, transform)
        self._set_unused_aside(old, how, self._trained(keras))
        self._join_state(keras, [old.state[name] for name in sorted(old.state)])

    def _set_unused_aside(self, old: Optimizer, how: Translation, trained: set[str]) -> None:
        for row, name in old.slots:
            if name in how.unused and row.slot is not None and row.slot.variable in trained:
                reason = "Keras's RMSprop without a momentum has no such slot"
                self._matching.set_aside([row], [], reason, zero=True)

    def _rate(self, keras: KerasOptimizer) -> float | None:
        row = self._matching.all_after.get(keras.state.get(RATE, ""))
        if row is None or self._after.values is None:
            return None
        return float(self._after.values(row)) or None

    def _join_state(self, keras: KerasOptimizer, powers: list[VariableRow]) -> None:
        steps, rate = (
            self._matching.after.get(keras.state.get(name, "")) for name in (STEPS, RATE)
        )
        if steps is not None and powers:
            self._join_powers(powers, steps)
        elif steps is not None and rate is not None:
            reason = "Keras counts its steps, and nothing depends on them here"
            self._matching.set_aside([], [steps], reason)
        elif steps is not None:
            self._join_steps(steps)
        if rate is not None:
            reason = "the program says it, and no checkpoint of TensorFlow 1 holds it"
            self._matching.set_aside([], [rate], reason)

    def _join_powers(self, powers: list[VariableRow], steps: VariableRow) -> None:
        """The steps done, from the powers of the betas; from the global step if these vanished."""
        evidence = "the steps done, told by the powers of the betas"
        count = self._count()
        if self._before.values is None:
            betas = _BETAS[: len(powers)]
            self._matching.join_all(powers, [steps], evidence, _iterations(betas))
            return
        values = tuple(float(self._before.values(row)) for row in powers)
        done = steps_done(values, count)
        if done is not None:
            self._matching.join_all(powers, [steps], evidence, _iterations(done.betas))
        elif count is not None and fit(values, count):
            reason = "Keras computes the powers of the betas from the steps done"
            self._matching.set_aside(powers, [], reason)
            self._join_steps(steps)
        else:
            reason = (
                f"the powers {', '.join(map(str, values))} do not tell how many steps were done"
            )
            self._matching.leave(powers, [steps], reason)

    def _join_steps(self, steps: VariableRow) -> None:
        count = self._count()
        if count is None:
            reason = "how many steps were done is not in the checkpoint of TensorFlow 1"
            self._matching.set_aside([], [steps], reason)
        else:
            self._matching.join_all([], [steps], "the global step", f"constant({count})")

    def _count(self) -> int | None:
        """The value of the only global step."""
        rows = [row for row in self._matching.all_before.values() if row.kind is Kind.STEP]
        if len(rows) != 1 or self._before.values is None:
            return None
        return int(self._before.values(rows[0]))

    def _leave(self, rows: Iterable[VariableRow], keras: KerasOptimizer, reason: str) -> None:
        trained = self._trained(keras)
        before = [
            row
            for row in rows
            if row.key in self._matching.before
            and (row.slot is None or row.slot.variable in trained)
        ]
        keys = [*(key for slots in keras.slots.values() for key in slots.values())]
        keys += [*keras.state.values()]
        after = [self._matching.after[key] for key in keys if key in self._matching.after]
        if before and after:
            self._matching.leave(before, after, reason)


def _iterations(betas: Iterable[float]) -> str:
    return f"iterations({','.join(map(repr, betas))})"


def _may_train(row: VariableRow) -> bool:
    return row.kind not in (Kind.SLOT, Kind.OPTIMIZER)


def _is_of_optimizer(row: VariableRow) -> bool:
    """State, and slots that have the numbers of TensorFlow 1."""
    if row.kind is Kind.SLOT:
        return row.slot is not None and row.slot.slot.isdigit()
    return row.kind is Kind.OPTIMIZER
