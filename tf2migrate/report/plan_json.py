"""A whole Plan as JSON and back, with nothing lost.

`applied` is written as positions in `findings`, so that the findings of a plan
that was read back are the same objects there as they were.
"""

from __future__ import annotations

import enum
import json
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from tf2migrate.model.edit import Edit
from tf2migrate.model.plan import PLAN_FORMAT, Plan

_EDITS: dict[str, type] = {each.__name__: each for each in get_args(Edit)}
_TYPE = "type"


class PlanError(ValueError):
    """A plan cannot be read; the message says where and why."""


def plan_json(plan: Plan) -> str:
    """The document of `plan`."""
    document = {"format": PLAN_FORMAT, **_encoded(plan)}
    positions = {id(finding): index for index, finding in enumerate(plan.findings)}
    document["applied"] = [
        positions.get(id(finding), encoded)
        for finding, encoded in zip(plan.applied, document["applied"], strict=True)
    ]
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def parse_plan(text: str | bytes) -> Plan:
    """The plan of a document.

    Raises:
      PlanError: the document is no plan, or one of another format.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanError(f"not JSON: {error}") from None
    if not isinstance(document, dict):
        raise PlanError("not a JSON object")
    found = document.pop("format", None)
    if found != PLAN_FORMAT:
        raise PlanError(f"the format is {found!r}, not {PLAN_FORMAT!r}; make the plan again")
    return _plan(document)


def _plan(document: dict[str, Any]) -> Plan:
    applied = document.get("applied")
    if not isinstance(applied, list):
        raise PlanError("applied: not a list")
    others = [each for each in applied if not isinstance(each, int)]
    plan: Plan = _decoded(Plan, {**document, "applied": others}, "plan")
    rest = iter(plan.applied)
    findings = []
    for index, each in enumerate(applied):
        if isinstance(each, bool) or (isinstance(each, int) and each not in _positions(plan)):
            raise PlanError(f"plan.applied[{index}]: there is no finding {each}")
        findings.append(plan.findings[each] if isinstance(each, int) else next(rest))
    values = {field.name: getattr(plan, field.name) for field in fields(plan)}
    return Plan(**{**values, "applied": tuple(findings)})


def _positions(plan: Plan) -> range:
    return range(len(plan.findings))


def _encoded(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        members = {field.name: _encoded(getattr(value, field.name)) for field in fields(value)}
        tag = type(value).__name__
        return {_TYPE: tag, **members} if tag in _EDITS else members
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, tuple):
        return [_encoded(item) for item in value]
    return value


def _decoded(kind: Any, value: Any, where: str) -> Any:
    """`value` as the type `kind`, checked on the way; `where` is for messages."""
    origin = get_origin(kind)
    if origin is tuple:
        _demand(isinstance(value, list), where, "not a list")
        item = get_args(kind)[0]
        return tuple(_decoded(item, each, f"{where}[{i}]") for i, each in enumerate(value))
    if origin in (Union, types.UnionType):
        return _decoded_union(get_args(kind), value, where)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        values = [each.value for each in kind]
        _demand(value in values, where, f"not one of {values}")
        return kind(value)
    if isinstance(kind, type) and is_dataclass(kind):
        return _decoded_object(kind, value, where)
    _demand(type(value) is kind, where, f"not of type {kind.__name__}")
    return value


def _decoded_union(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    if type(None) in kinds:
        present = next(kind for kind in kinds if kind is not type(None))
        return None if value is None else _decoded(present, value, where)
    known = isinstance(value, dict) and value.get(_TYPE) in list(_EDITS)
    _demand(known, where, "not a known edit")
    members = {key: member for key, member in value.items() if key != _TYPE}
    return _decoded_object(_EDITS[value[_TYPE]], members, where)


def _decoded_object(kind: Callable[..., Any], value: Any, where: str) -> Any:
    hints = _hints(kind)
    _demand(isinstance(value, dict), where, "not an object")
    _demand(sorted(value) == sorted(hints), where, f"its keys are not {', '.join(hints)}")
    return kind(**{key: _decoded(hints[key], value[key], f"{where}.{key}") for key in hints})


@cache
def _hints(kind: Callable[..., Any]) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _demand(met: bool, where: str, problem: str) -> None:
    if not met:
        raise PlanError(f"{where}: {problem}")
