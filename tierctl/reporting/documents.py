"""The documents `--format json` prints: plain dicts with `kind` and `format_version`.

In: what the commands found. Out: JSON-able dicts, each described by `schemas/<kind>.json`. A key
is only ever added within a version; what changes or removes one raises FORMAT_VERSION.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.config.delivery import Delivery, delivered
from tierctl.model.diagnostics import Severity
from tierctl.model.document import to_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tierctl.config.provenance import Value
    from tierctl.config.resolve import Resolution
    from tierctl.config.tiers import TierSpec
    from tierctl.model.diagnostics import Diagnostic
    from tierctl.model.environment import Environment

FORMAT_VERSION = 1
Document = dict[str, Any]


def document(kind: str, **content: Any) -> Document:
    """A document of a kind."""
    return {"kind": kind, "format_version": FORMAT_VERSION, **content}


def diagnostic(found: Diagnostic) -> Document:
    """One diagnostic."""
    place = found.place
    return {
        "rule": found.rule,
        "severity": str(found.severity),
        "summary": found.summary,
        "what": found.what,
        "why": found.why,
        "fix": found.fix,
        "suggestion": found.suggestion,
        "file": place.file if place else None,
        "line": place.line if place and place.line else None,
        "column": place.column if place and place.column else None,
    }


def diagnostics(found: Sequence[Diagnostic], checked: Sequence[str]) -> Document:
    """What `validate` found."""
    counts = {str(s): sum(d.severity is s for d in found) for s in Severity}
    return document(
        "diagnostics",
        checked=list(checked),
        counts=counts,
        diagnostics=[diagnostic(d) for d in found],
    )


def tier(spec: TierSpec) -> Document:
    """One tier, as listings and comparisons show it."""
    return {
        "name": spec.name,
        "title": spec.title,
        "summary": spec.summary,
        "tier_kind": spec.kind,
        "aliases": list(spec.aliases),
        "environments": list(spec.environments),
        "promise": to_document(spec.promise),
        "budget_band": to_document(spec.band) if spec.band else None,
    }


def tiers(specs: Iterable[TierSpec]) -> Document:
    """What `tiers` lists."""
    return document("tiers", tiers=[tier(spec) for spec in specs])


def delivery(environment: Environment) -> Document:
    """What an Environment delivers."""
    found: Delivery = delivered(dict(environment.shapes()))
    return {
        "uptime_percent": str(found.uptime_percent),
        "recovery_s": list(found.recovery_s),
        "components": [to_document(component) for component in found.components],
    }


def environment(resolution: Resolution, values: Iterable[Value]) -> Document:
    """What `show` shows: the Environment, and where each value came from."""
    return document(
        "environment",
        tier=tier(resolution.tier),
        decided=resolution.choice.explained(),
        lacks=list(resolution.lacks),
        delivery=delivery(resolution.environment),
        values=[
            {
                "path": value.path,
                "value": value.value,
                "origin": value.origin,
                "source": value.source,
                "file": value.place.file if value.place else None,
                "line": value.place.line if value.place else None,
            }
            for value in values
        ],
        warnings=[diagnostic(warning) for warning in resolution.warnings],
        environment=to_document(resolution.environment),
    )


_PROMISED = (
    ("users", "users"),
    ("latency_p95_ms", "response time p95, ms"),
    ("uptime_percent", "uptime, %"),
    ("recovery_s", "recovery, s"),
    ("benchmark.p95_ms", "benchmark p95, ms"),
    ("benchmark.requests_per_s", "benchmark requests/s"),
    ("benchmark.error_rate_percent", "benchmark errors, %"),
    ("compliance", "compliance"),
    ("team_size", "team size"),
    ("support", "support"),
)


def comparison(resolutions: Sequence[Resolution], environment_name: str) -> Document:
    """What `compare` shows: a feature a row, a tier a column."""
    rows: list[Document] = []
    for name, label in _PROMISED:
        values = [_promised(r.tier, name) for r in resolutions]
        rows.append(_feature("promise", f"promise.{name}", label, values))
    rows += _delivered(resolutions)
    bands = [
        f"{r.tier.band.low_usd}-{r.tier.band.high_usd}" if r.tier.band else None
        for r in resolutions
    ]
    label = "plan's band, USD/month"
    rows.append(_feature("cost", "budget_band", label, bands))
    rows.append(
        _feature("lacks", "lacks", "lacks", [", ".join(r.lacks) or None for r in resolutions])
    )
    shapes = [{a: to_document(s) for a, s in r.environment.shapes()} for r in resolutions]
    for address in dict.fromkeys(a for columns in shapes for a in columns):
        names = dict.fromkeys(n for columns in shapes for n in columns.get(address, {}))
        for name in names:
            values = [columns.get(address, {}).get(name) for columns in shapes]
            rows.append(_feature(address, f"{address}.{name}", name, values))
    return document(
        "comparison",
        environment=environment_name,
        tiers=[tier(r.tier) for r in resolutions],
        features=rows,
    )


def _promised(spec: TierSpec, name: str) -> Any:
    """A promised figure by its path."""
    value: Any = spec.promise
    for part in name.split("."):
        value = getattr(value, part)
    return str(value) if hasattr(value, "least") else to_document(value)


def _delivered(resolutions: Sequence[Resolution]) -> list[Document]:
    """What the Shapes deliver, below what is promised."""
    all_of = [delivery(r.environment) for r in resolutions]
    rows = [
        _feature(
            "delivered",
            "delivered.uptime_percent",
            "uptime, %",
            [d["uptime_percent"] for d in all_of],
        )
    ]
    columns = [{c["name"]: c for c in d["components"]} for d in all_of]
    for name in dict.fromkeys(n for column in columns for n in column):
        values = [
            _seconds(column[name]["recovery_s"]) if name in column else None for column in columns
        ]
        label = f"{name} recovery, s"
        rows.append(_feature("delivered", f"delivered.recovery_s.{name}", label, values))
    return rows


def _seconds(span: Sequence[int]) -> str:
    """`0`, or `30-60`."""
    low, high = span
    return str(high) if low == high else f"{low}-{high}"


def _feature(section: str, path: str, label: str, values: list[Any]) -> Document:
    """One row."""
    return {
        "section": section,
        "path": path,
        "label": label,
        "values": values,
        "differs": any(value != values[0] for value in values),
    }
