"""SARIF 2.1.0, for code scanning services."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any
from urllib.parse import quote

from tf2migrate.model.finding import Finding
from tf2migrate.model.plan import Plan
from tf2migrate.report.catalogue import Catalogue, Topic

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_FINGERPRINT = "tf2migrate/v1"
_ROOT = "%SRCROOT%"


def sarif(plan: Plan, catalogue: Catalogue, version: str, *, failed: bool = False) -> str:
    """The SARIF log of one run; `failed` tells of an internal failure."""
    codes = sorted({each.code for each in plan.findings} | set(catalogue.codes))
    run = {
        "tool": {
            "driver": {
                "name": "tf2migrate",
                "semanticVersion": version,
                "rules": [_rule(code, catalogue) for code in codes],
            }
        },
        "invocations": [{"executionSuccessful": not failed}],
        "columnKind": "unicodeCodePoints",
        "results": _results(plan, codes),
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(code: str, catalogue: Catalogue) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": code, "shortDescription": {"text": catalogue.title(code)}}
    topic = catalogue.topic(code)
    if topic is not None:
        rule["fullDescription"] = {"text": topic.summary or catalogue.title(code)}
        rule["help"] = {"text": _help(topic), "markdown": _markdown(topic)}
    rule["defaultConfiguration"] = {"level": "warning"}
    return rule


def _help(topic: Topic) -> str:
    parts = [topic.summary, *(f"{each.title}\n{each.text}" for each in topic.sections)]
    return "\n\n".join(part for part in parts if part) or "No documentation."


def _markdown(topic: Topic) -> str:
    parts = [topic.summary, *(f"### {each.title}\n\n{each.text}" for each in topic.sections)]
    return "\n\n".join(part for part in parts if part) or "No documentation."


def _results(plan: Plan, codes: list[str]) -> list[dict[str, Any]]:
    seen: Counter[tuple[str, ...]] = Counter()
    results = []
    for finding in plan.findings:
        key = (finding.code, finding.place.path, finding.message)
        results.append(_result(finding, codes.index(finding.code), (*key, str(seen[key]))))
        seen[key] += 1
    return results


def _result(finding: Finding, index: int, key: tuple[str, ...]) -> dict[str, Any]:
    place = finding.place
    artifact = {"uri": quote(place.path, safe="/"), "uriBaseId": _ROOT}
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": "warning",
        "message": {"text": finding.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": artifact,
                    "region": {"startLine": place.line, "startColumn": place.column},
                }
            }
        ],
        "partialFingerprints": {_FINGERPRINT: _digest(key)},
        "properties": {"safety": finding.safety.value},
    }


def _digest(key: tuple[str, ...]) -> str:
    """Independent of line numbers, so that moved code stays the same result."""
    return hashlib.sha256("\0".join(key).encode("utf-8", "backslashreplace")).hexdigest()
