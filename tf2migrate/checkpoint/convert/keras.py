"""Optimizers of TensorFlow 1 as Keras 3 optimizers, whose slot variables are positions in a list.

The layout, a checkpoint of the migrated program, tells which position belongs to
which variable (`checkpoint.keras_optimizers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tf2migrate.checkpoint.convert.plan import Constant, Made, Plan, listed
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.keras_layout import RATE, STEPS, KerasOptimizer, slot_transform
from tf2migrate.checkpoint.keras_slots import Translation
from tf2migrate.checkpoint.optimizers import Optimizer
from tf2migrate.checkpoint.steps_done import steps_done
from tf2migrate.checkpoint.transforms import Transform, parse
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Kind, VariableRow


class KerasPart:
    """Fills the Keras optimizers of a plan.

    Args:
      plan: in which the other variables have their places.
      old: the old checkpoint.
      layout: the checkpoint whose layout is taken.
    """

    def __init__(self, plan: Plan, old: CheckpointFile, layout: CheckpointFile) -> None:
        self._plan = plan
        self._old = old
        self._layout = layout
        self._moves = [
            *(Made((old,), (key,), Transform()) for key, old in plan.kept.items()),
            *plan.made,
        ]

    def trained(self, keras: KerasOptimizer) -> set[str]:
        """The old variables that an optimizer of the layout trains."""
        return {
            source
            for move in self._moves
            if keras.slots.keys() >= set(move.keys)
            for source in move.sources
        }

    def fill(
        self, optimizers: Iterable[Optimizer], layouts: Iterable[KerasOptimizer], step: str | None
    ) -> None:
        """Give each optimizer of the layout the values of the old one of the same variables.

        Args:
          step: the old checkpoint's global step.

        Raises:
          CheckpointError: the layout has an optimizer for which not exactly one old one
            fits, or an old one fits none.
        """
        left = list(optimizers)
        for keras in layouts:
            if not keras.slots:
                self._constants(keras, {})
                continue
            fits = [each for each in left if self._translation(each, keras) is not None]
            if len(fits) != 1:
                raise self._refuse(keras, f"{len(fits) or 'none'} of the old optimizers fit")
            left.remove(fits[0])
            self._fill(fits[0], keras, step)
        if left:
            raise CheckpointError(
                self._old.prefix,
                f"the layout has no Keras optimizer for {listed(each.name for each in left)}",
                "the program that wrote it has to have the same optimizers",
            )

    def _translation(self, old: Optimizer, keras: KerasOptimizer) -> Translation | None:
        """How the old one becomes that one; None if it does not."""
        moved = {key for move in self._moves_of(old) for key in move.keys}
        return keras.translation(old) if moved == keras.slots.keys() else None

    def _moves_of(self, old: Optimizer) -> list[Made]:
        """What becomes of the variables that the optimizer trains."""
        trained = {row.slot.variable for row, _ in old.slots if row.slot is not None}
        return [move for move in self._moves if trained.issuperset(move.sources)]

    def _fill(self, old: Optimizer, keras: KerasOptimizer, step: str | None) -> None:
        how = self._translation(old, keras)
        assert how is not None
        rate = self._rate(keras) if how.negated else None
        rows = {(row.slot.variable, name): row.key for row, name in old.slots if row.slot}
        for move in self._moves_of(old):
            transform = slot_transform(move.transform, how, rate)
            for name, new_name in how.slots.items():
                sources = tuple(rows[source, name] for source in move.sources)
                keys = tuple(keras.slots[key][new_name] for key in move.keys)
                if transform:
                    made = Made(sources, keys, transform)
                    self._plan.made.append(made)
                    if len(sources) != 1 or len(keys) != 1:
                        self._plan.apart.append(made)
                else:
                    self._plan.kept[keys[0]] = sources[0]
        for row, name in old.slots:
            if name in how.unused:
                self._plan.unused[row.key] = "a Keras optimizer without momentum has no such slot"
        self._steps(old, keras, step)
        self._constants(keras, {STEPS: keras.state[STEPS]})

    def _rate(self, keras: KerasOptimizer) -> float:
        if RATE not in keras.state:
            raise self._refuse(
                keras,
                "its momentum holds the learning rate, which a schedule sets: it is not known",
            )
        return float(self._layout.read(keras.state[RATE]))

    def _steps(self, old: Optimizer, keras: KerasOptimizer, step: str | None) -> None:
        """The number of steps done: from the powers of the betas, else the global step."""
        key = keras.state[STEPS]
        count = int(self._old.read(step)) if step is not None else None
        rows = [old.state[name] for name in sorted(old.state)]
        powers = tuple(float(self._old.read(row.key)) for row in rows)
        done = steps_done(powers, count) if powers else None
        if done is not None:
            betas = ",".join(map(repr, done.betas))
            sources = tuple(row.key for row in rows)
            made = Made(sources, (key,), parse(f"iterations({betas})"))
            self._plan.made.append(made)
            self._plan.apart.append(made)
            return
        if count is None and powers:
            raise self._refuse(keras, f"the powers {powers} do not tell how many steps were done")
        for row in rows:
            self._plan.unused[row.key] = "Keras computes the powers of the betas from the steps"
        value = count or 0
        self._plan.constants.append(Constant.number(key, value))
        told = (
            "the global step" if step is not None else "not known, and not used without schedules"
        )
        self._plan.notes.append(f"{keras.path}: {value} steps done ({told})")

    def _constants(self, keras: KerasOptimizer, filled: Mapping[str, str]) -> None:
        """The learning rate and the like, which a TF1 checkpoint has not."""
        taken = {name: key for name, key in keras.state.items() if name not in filled}
        for key in taken.values():
            self._plan.constants.append(Constant.of(self._layout, key))
        if taken:
            self._plan.notes.append(f"{keras.path}: {listed(taken)} as in {self._layout.prefix}")

    def _refuse(self, keras: KerasOptimizer, problem: str) -> CheckpointError:
        return CheckpointError(
            self._old.prefix,
            f"the Keras optimizer {keras.path} of {self._layout.prefix}: {problem}",
            "take an optimizer of tf.compat.v1.train, which goes on exactly as in TensorFlow 1",
        )


def step_of(rows: Iterable[VariableRow]) -> str | None:
    """The key of the global step, if there is one only."""
    steps = [row.key for row in rows if row.kind is Kind.STEP]
    return steps[0] if len(steps) == 1 else None
