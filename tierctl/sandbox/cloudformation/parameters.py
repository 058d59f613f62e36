"""Template parameters: given, previous, default or read from Systems Manager.

In: a template, the request's parameters, the previous ones, an SSM client. Out: the parameters as
given and as used, or AWS's ValidationError. Also the Rules section, which CDK uses to refuse an
account that is not bootstrapped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tierctl.sandbox.cloudformation.intrinsics import resolve
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from tierctl.sandbox.cloudformation.intrinsics import Scope
    from tierctl.sandbox.cloudformation.template import Template

FROM_SSM = "AWS::SSM::Parameter::Value<"


def settle(
    template: Template,
    requested: list[dict[str, Any]],
    previous: dict[str, str],
    ssm: Any,
) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the parameters as given and as templates see them."""
    declared = template.section("Parameters")
    asked = {entry["ParameterKey"]: entry for entry in requested}
    if extra := sorted(set(asked) - set(declared)):
        raise ApiError(
            "ValidationError", f"Parameters: [{', '.join(extra)}] do not exist in the template"
        )
    given: dict[str, str] = {}
    missing: list[str] = []
    for name, definition in declared.items():
        entry = asked.get(name, {})
        if entry.get("UsePreviousValue") and name in previous:
            given[name] = previous[name]
        elif entry.get("ParameterValue") is not None:
            given[name] = str(entry["ParameterValue"])
        elif "Default" in definition:
            given[name] = _text(definition["Default"])
        else:
            missing.append(name)
    if missing:
        raise ApiError("ValidationError", f"Parameters: [{', '.join(missing)}] must have values")
    for name, value in given.items():
        _check(name, declared[name], value)
    return given, {name: _used(declared[name], value, ssm) for name, value in given.items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _check(name: str, definition: dict[str, Any], value: str) -> None:
    allowed = [_text(item) for item in definition.get("AllowedValues", ())]
    pattern = definition.get("AllowedPattern")
    if allowed and value not in allowed:
        raise ApiError(
            "ValidationError",
            f"Parameter '{name}' must be one of AllowedValues",
        )
    if pattern and definition["Type"] == "String" and not re.fullmatch(pattern, value):
        raise ApiError("ValidationError", f"Parameter {name} failed to satisfy constraint: "
                       f"{definition.get('ConstraintDescription', pattern)}")  # fmt: skip


def _used(definition: dict[str, Any], value: str, ssm: Any) -> Any:
    kind = definition.get("Type", "String")
    if kind.startswith(FROM_SSM):
        try:
            value = ssm.get_parameter(Name=value)["Parameter"]["Value"]
        except ClientError as error:
            raise ApiError(
                "ValidationError",
                f"Unable to fetch parameters [{value}] from parameter store for this account.",
            ) from error
        kind = kind.removeprefix(FROM_SSM).removesuffix(">")
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [item.strip() for item in value.split(",")] if value else []
    return value


def check_rules(template: Template, scope: Scope) -> None:
    """Refuse what the Rules section asserts against."""
    for rule in template.section("Rules").values():
        if "RuleCondition" in rule and not resolve(rule["RuleCondition"], scope):
            continue
        for assertion in rule.get("Assertions", ()):
            if not resolve(assertion["Assert"], scope):
                raise ApiError(
                    "ValidationError",
                    "Template error: rule assertion failed: "
                    + assertion.get("AssertDescription", "no description"),
                )
