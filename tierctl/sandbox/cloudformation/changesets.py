"""What a change set says: every resource it would touch, how, and why.

In: a stack and the deployment it might get. Out: `Changes` as DescribeChangeSet returns them.
The form of the answers follows
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html
(2026-11): a parameter gives a Static ParameterReference beside a Dynamic DirectModification; a
reference to what is replaced, or to an attribute of what is modified, is Dynamic, and a Dynamic
change of a create-only property makes the replacement Conditional.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tierctl.sandbox.cloudformation.diff import changes, recreation_of, same
from tierctl.sandbox.cloudformation.evaluation import Evaluation, Surroundings
from tierctl.sandbox.cloudformation.template import references

if TYPE_CHECKING:
    from tierctl.sandbox.cloudformation.stacks import Deployment, Resource, Stack
    from tierctl.sandbox.cloudformation.template import Declared

POLICY_ACTIONS = {"Retain": "Retain", "RetainExceptOnCreate": "Retain", "Snapshot": "Snapshot"}
# Changes of these alone are no update ("You cannot update the DeletionPolicy by itself"):
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
POLICY_ATTRIBUTES = (
    ("DeletionPolicy", "deletion_policy"),
    ("UpdateReplacePolicy", "update_replace_policy"),
    ("UpdatePolicy", "update_policy"),
    ("CreationPolicy", "creation_policy"),
)
ABSENT = object()


@dataclass(slots=True)
class _Verdict:
    details: list[dict[str, Any]]
    replacement: str  # True, Conditional or False


def plan(
    stack: Stack,
    target: Deployment,
    around: Surroundings,
    imports: dict[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Return the changes that executing the deployment would make."""
    evaluation = Evaluation(stack, target, around, planning=True)
    verdicts: dict[str, _Verdict] = {}
    found: list[dict[str, Any]] = []
    for name in evaluation.order:
        declared = evaluation.active[name]
        current = stack.resources.get(name)
        if current is None:
            verdicts[name] = _Verdict([], "Import" if imports and name in imports else "Add")
            found.append(_added(declared, (imports or {}).get(name)))
            continue
        replaced = frozenset(n for n, v in verdicts.items() if v.replacement == "True")
        known = Evaluation(stack, target, around, unknown=replaced, planning=True)
        verdict = _verdict(stack, current, declared, known, verdicts, target)
        if verdict.details:
            verdicts[name] = verdict
            found.append(_modified(current, declared, verdict))
    for name, resource in stack.resources.items():
        if name not in evaluation.active:
            found.append(_removed(resource))
    found.sort(key=lambda change: change["ResourceChange"]["LogicalResourceId"])
    return found if any(_is_change(change) for change in found) else []


def _is_change(change: dict[str, Any]) -> bool:
    """Tell whether a change is more than a deletion or update policy."""
    alone = {name for name, _ in POLICY_ATTRIBUTES}
    inner = change["ResourceChange"]
    return inner["Action"] != "Modify" or not set(inner["Scope"]) <= alone


def _change(inner: dict[str, Any]) -> dict[str, Any]:
    present = {key: value for key, value in inner.items() if value is not None}
    return {"Type": "Resource", "ResourceChange": present}


def _added(declared: Declared, imported: str | None) -> dict[str, Any]:
    return _change(
        {
            "Action": "Import" if imported else "Add",
            "LogicalResourceId": declared.logical_id,
            "PhysicalResourceId": imported,
            "ResourceType": declared.type,
            "Scope": [],
            "Details": [],
        }
    )


def _removed(resource: Resource) -> dict[str, Any]:
    return _change(
        {
            "PolicyAction": POLICY_ACTIONS.get(resource.declared.deletion_policy, "Delete"),
            "Action": "Remove",
            "LogicalResourceId": resource.logical_id,
            "PhysicalResourceId": resource.physical_id,
            "ResourceType": resource.type,
            "Scope": [],
            "Details": [],
        }
    )


def _modified(current: Resource, declared: Declared, verdict: _Verdict) -> dict[str, Any]:
    policy_action = None
    if verdict.replacement != "False":
        kept = POLICY_ACTIONS.get(declared.update_replace_policy, "Delete")
        policy_action = f"ReplaceAnd{kept}"
    return _change(
        {
            "PolicyAction": policy_action,
            "Action": "Modify",
            "LogicalResourceId": current.logical_id,
            "PhysicalResourceId": current.physical_id,
            "ResourceType": current.type,
            "Replacement": verdict.replacement,
            "Scope": sorted({detail["Target"]["Attribute"] for detail in verdict.details}),
            "Details": verdict.details,
        }
    )


def _verdict(
    stack: Stack,
    current: Resource,
    declared: Declared,
    evaluation: Evaluation,
    verdicts: dict[str, _Verdict],
    target: Deployment,
) -> _Verdict:
    after = evaluation.properties(declared)
    changed = {
        change.name: change
        for change in changes(declared.type, current.properties, after, declared.update_policy)
    }
    details: list[dict[str, Any]] = []
    replacement = "False"
    for name in sorted(changed.keys() | declared.properties.keys()):
        expression = declared.properties.get(name)
        causes = _dynamic_causes(expression, verdicts)
        change = changed.get(name)
        if change is None and not causes:
            continue
        before_value = current.properties.get(name)
        recreation = (
            change.recreation
            if change is not None and change.known
            else recreation_of(declared.type, name, before_value, ABSENT, declared.update_policy)
        )
        wanted = {"Never": "Never", "Conditionally": "Conditionally", "Always": "Always"}
        goal: dict[str, Any] = {
            "Attribute": "Tags" if name == "Tags" else "Properties",
            "Name": name,
            "RequiresRecreation": wanted[recreation],
            "Path": f"/Properties/{name}",
        }
        if change is not None:
            goal["AttributeChangeType"] = change.kind
            goal["BeforeValue"] = shown(change.before)
            goal["AfterValue"] = (
                shown(change.after) if change.known else "{{changeSet:KNOWN_AFTER_APPLY}}"
            )
        if name == "Tags":
            goal = {key: item for key, item in goal.items() if key not in ("Name", "Path")}
        sources = _sources(stack, target, expression, change is not None and change.known, causes)
        if (
            change is not None
            and not change.known
            and not same(expression, current.declared.properties.get(name))
        ):
            sources.append(("Dynamic", "DirectModification", None))
        for evaluation_kind, source, cause in sources:
            details.append(
                {"Target": goal, "Evaluation": evaluation_kind, "ChangeSource": source}
                | ({"CausingEntity": cause} if cause else {})
            )
            replacement = _worse(replacement, recreation, evaluation_kind)
    details += _attribute_details(current.declared, declared)
    return _Verdict(details, replacement)


def _worse(present: str, recreation: str, evaluation: str) -> str:
    """Combine: Always and Static is True; Always and Dynamic, or Conditionally, is Conditional."""
    found = "False"
    if recreation == "Always":
        found = "True" if evaluation == "Static" else "Conditional"
    elif recreation == "Conditionally":
        found = "Conditional"
    rank = ("False", "Conditional", "True")
    return max(present, found, key=rank.index)


def _dynamic_causes(expression: Any, verdicts: dict[str, _Verdict]) -> list[tuple[str, str]]:
    """Return the references whose value may change: (change source, causing entity)."""
    causes: list[tuple[str, str]] = []
    for name, attribute in sorted(references(expression), key=str):
        verdict = verdicts.get(name)
        if verdict is None:
            continue
        if attribute is not None:
            causes.append(("ResourceAttribute", f"{name}.{attribute}"))
        elif verdict.replacement != "False":
            causes.append(("ResourceReference", name))
    return causes


def _sources(
    stack: Stack,
    target: Deployment,
    expression: Any,
    changed: bool,
    causes: list[tuple[str, str]],
) -> list[tuple[str, str, str | None]]:
    """Return (evaluation, change source, causing entity) for one property."""
    old = stack.deployment.resolved_parameters if stack.deployment else {}
    parameters = [
        name
        for name, attribute in sorted(references(expression), key=str)
        if attribute is None
        and name in target.resolved_parameters
        and not same(old.get(name), target.resolved_parameters[name])
    ]
    found: list[tuple[str, str, str | None]] = []
    if changed:
        found += [("Static", "ParameterReference", name) for name in parameters]
        found.append(("Dynamic" if parameters else "Static", "DirectModification", None))
    found += [("Dynamic", source, cause) for source, cause in causes]
    return found


def _attribute_details(before: Declared, after: Declared) -> list[dict[str, Any]]:
    """Return details for Metadata and the policies."""
    changed = [
        name for name, key in POLICY_ATTRIBUTES if getattr(before, key) != getattr(after, key)
    ]
    if not same(before.metadata, after.metadata):
        changed.append("Metadata")
    return [
        {
            "Target": {"Attribute": name, "RequiresRecreation": "Never"},
            "Evaluation": "Static",
            "ChangeSource": "DirectModification",
        }
        for name in changed
    ]


def shown(value: Any) -> str | None:
    """Return a value as the API shows it: text, or JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def without_values(changes_: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the changes as they look when IncludePropertyValues was not asked for."""
    hidden = ("BeforeValue", "AfterValue", "Path", "AttributeChangeType")
    copy = json.loads(json.dumps(changes_))
    for change in copy:
        for detail in change["ResourceChange"].get("Details", ()):
            for key in hidden:
                detail["Target"].pop(key, None)
    return list(copy)
