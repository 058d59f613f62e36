"""Resources made, changed, read and removed through the service APIs, as their rows say.

In: a type, its resolved properties and, for what exists, its physical id. Out: API calls and
their outcome. It may not know a resource type by name: what a row cannot express is a named hook
in `special`. A property that no call carries is an error that names type and property, found
before the first call.

The context of a row's expressions: id, name, props, old, created (the create call's answer), read
(what the service says now), item, stack, stack_id, logical, region, account, tags, gone.
"""

from __future__ import annotations

import re
import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tierctl.sandbox.cloudformation import special
from tierctl.sandbox.cloudformation.calls import (
    Calls,
    ProvisionError,
    evaluate,
    reasons,
    search,
)
from tierctl.sandbox.cloudformation.diff import same
from tierctl.sandbox.cloudformation.dynamic import resolve_dynamic
from tierctl.sandbox.cloudformation.made import Made
from tierctl.sandbox.cloudformation.rows import Row, Step, all_rows
from tierctl.sandbox.cloudformation.shapes import tag_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

GONE = re.compile(
    r"not.?found|nosuch|does.?not.?exist|nonexistent|notexist|NotPresent", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose resource it is."""

    type: str
    logical_id: str
    stack_name: str
    stack_id: str


def random_suffix() -> str:
    """Return the random part of a generated name."""
    return "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(12))


class Provisioner:
    """The four verbs over every row."""

    def __init__(self, client: Callable[[str, str], Any], region: str, account: str) -> None:
        self._client = client
        self._calls = Calls(self.client)
        self.region = region
        self.account = account

    def row(self, resource_type: str) -> Row:
        """Return the type's row, or fail as loudly as a create would."""
        row = all_rows().get(resource_type)
        if row is None:
            raise ProvisionError(f"the sandbox cannot create {resource_type}: it has no row for it")
        return row

    def client(self, service: str) -> Any:
        """Return a boto3 client of this sandbox."""
        return self._client(service, self.region)

    def create(self, identity: Identity, properties: dict[str, Any]) -> Made:
        """Create a resource and everything that belongs to it."""
        row = self.row(identity.type)
        raw = self._live(properties)
        context = self._context(identity, row, raw, {})
        try:
            return self._create(identity, row, raw, context)
        except ProvisionError as error:
            made = Made(str(context["id"]), context["created"]) if context["id"] else None
            raise ProvisionError(error.reason, made=made) from error

    def _create(
        self, identity: Identity, row: Row, raw: dict[str, Any], context: dict[str, Any]
    ) -> Made:
        with reasons(identity.type):
            if row.custom:
                made: Made = special.CUSTOM[row.custom].create(self, context)
                return made
            props = self._prepared(row, raw, context)
            context["props"] = props
            self._refuse_uncarried(row, props, (*row.create, *row.sync))
            for step in row.create:
                answer = self._calls.make(step, context, props, props.keys())
                context["created"] = {**context["created"], **answer}
            context["id"] = evaluate(row.id, context)
            if not context["id"]:
                raise ProvisionError(f"{identity.type}: the row's id expression found nothing")
            tags = row.tags_property
            if tags in props and not any(self._calls.takes(step, tags) for step in row.create):
                self._tag(row, context, {}, props)
            for step in row.sync:
                self._calls.follow(step, context, {}, props, set(props))
            return Made(str(context["id"]), context["created"])

    def update(
        self, identity: Identity, made: Made, old: dict[str, Any], new: dict[str, Any]
    ) -> None:
        """Change a resource in place."""
        row = self.row(identity.type)
        before, after = self._live(old), self._live(new)
        context = self._context(identity, row, after, before, made)
        applied = False
        try:
            with reasons(identity.type):
                if row.custom:
                    special.CUSTOM[row.custom].update(self, context)
                    return
                changed = {k for k in old.keys() | new.keys() if not same(old.get(k), new.get(k))}
                context["changed"] = sorted(changed)
                props = self._prepared(row, after, context)
                context["props"], context["read"] = props, self._read(row, context)
                steps = (*row.update, *row.sync)
                # what `prepare` made of other properties counts as changed with them
                changed = (changed & (props.keys() | before.keys())) | props.keys() - after.keys()
                changed.discard(str(row.name_property))
                dropped = after.keys() - props.keys()
                self._refuse_uncarried(row, changed - dropped, steps)
                if row.tags_property in changed and row.tagging:
                    self._tag(row, context, before, props)
                    changed.discard(row.tags_property)
                    applied = True
                was = self._translated(row, before)
                for step in steps:
                    applied = self._calls.follow(step, context, was, props, changed) or applied
        except ProvisionError as error:
            raise ProvisionError(error.reason, applied=applied) from error

    def delete(
        self, identity: Identity, made: Made, properties: dict[str, Any], *, snapshot: bool
    ) -> None:
        """Remove a resource; one that is already gone counts as removed."""
        row = self.row(identity.type)
        context = self._context(identity, row, properties, {}, made)
        with reasons(identity.type):
            if row.custom:
                special.CUSTOM[row.custom].delete(self, context)
                return
            context["read"] = self._read(row, context)
            context["suffix"] = random_suffix().lower()
            for step in row.snapshot if snapshot and row.snapshot else row.delete:
                try:
                    self._calls.each(step, context)
                except ClientError as error:
                    if not GONE.search(error.response["Error"]["Code"]):
                        raise

    def read(
        self, identity: Identity, made: Made, properties: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Return what the service says about a resource; None when it has no read path."""
        row = self.row(identity.type)
        return self._read(row, self._context(identity, row, properties, {}, made))

    def exists(self, identity: Identity, made: Made, properties: dict[str, Any]) -> bool:
        """Tell whether the service knows a resource that has a read path."""
        try:
            return self.read(identity, made, properties) is not None
        except ClientError as error:
            if GONE.search(error.response["Error"]["Code"]):
                return False
            raise

    def attribute(
        self, identity: Identity, made: Made, properties: dict[str, Any], name: str
    ) -> Any:
        """Return a GetAtt attribute."""
        row = self.row(identity.type)
        context = self._context(identity, row, properties, {}, made)
        with reasons(identity.type):
            if row.custom:
                context["read"] = special.CUSTOM[row.custom].read(self, context)
            else:
                context["read"] = self._read(row, context)
            expression = row.attributes.get(name)
            if expression is not None:
                if not expression.startswith("="):
                    expression = f"=read.{expression}"
                return evaluate(expression, context)
            lowered = {k.lower(): v for k, v in (context["read"] or {}).items()}
            return lowered.get(name.replace(".", "").lower())

    def _read(self, row: Row, context: dict[str, Any]) -> dict[str, Any]:
        if row.read is None:
            return {}
        answer = self._calls.invoke(row.read, evaluate(row.read.args, context))
        found = search(row.read_path, answer)
        return found or {}

    def _context(
        self,
        identity: Identity,
        row: Row,
        properties: dict[str, Any],
        old: dict[str, Any],
        made: Made | None = None,
    ) -> dict[str, Any]:
        name = made.physical_id if made else None
        if name is None:
            name = properties.get(row.name_property or "") or self._generated(identity, row)
        return {
            "id": made.physical_id if made else None,
            "created": made.created if made else {},
            "name": name,
            "props": properties,
            "old": old,
            "read": {},
            "stack": identity.stack_name,
            "stack_id": identity.stack_id,
            "logical": identity.logical_id,
            "region": self.region,
            "account": self.account,
        }

    def _generated(self, identity: Identity, row: Row) -> str:
        suffix = random_suffix()
        room = row.name_max - len(suffix) - 2
        logical = identity.logical_id[: max(room // 2, room - len(identity.stack_name))]
        name = f"{identity.stack_name[: room - len(logical)]}-{logical}-{suffix}"
        return name.lower() if row.name_lower else name

    def _prepared(self, row: Row, raw: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
        props = dict(raw)
        if row.name_property and (not context["id"] or row.id == "=name"):
            props.setdefault(row.name_property, context["name"])
        if row.prepare:
            props = special.PREPARE[row.prepare](self, context, props)
        return self._translated(row, props)

    def _translated(self, row: Row, props: dict[str, Any]) -> dict[str, Any]:
        """Return the properties with their translated values."""
        found = dict(props)
        for name, how in row.translate.items():
            if name in found:
                found[name] = special.TRANSLATE[how](found[name])
        return found

    def _refuse_uncarried(self, row: Row, names: Iterable[str], steps: tuple[Step, ...]) -> None:
        """Refuse, before the first call, properties that no call carries."""
        known = {*row.ignored, *row.uses, row.name_property}
        if row.tagging:
            known.add(row.tags_property)
        left = sorted(
            name
            for name in names
            if name not in known and not any(self._calls.takes(step, name) for step in steps)
        )
        if left:
            raise ProvisionError(
                f"the sandbox cannot carry {', '.join(left)} of {row.type}:"
                " no call of its row takes it"
            )

    def _tag(
        self, row: Row, context: dict[str, Any], before: dict[str, Any], props: dict[str, Any]
    ) -> None:
        if row.tagging is None:
            raise ProvisionError(f"the row of {row.type} does not say how tags are written")
        context = {**context, "read": self._read(row, context)}
        old, new = tag_map(before.get(row.tags_property)), tag_map(props.get(row.tags_property))
        if gone := [key for key in old if key not in new]:
            gone_context = {**context, "gone": gone, "gone_tags": [{"Key": key} for key in gone]}
            self._calls.make(row.tagging.remove, gone_context, {}, ())
        if new:
            pairs = [{"Key": key, "Value": value} for key, value in new.items()]
            self._calls.make(row.tagging.add, {**context, "tags": pairs}, {}, ())

    def _live(self, properties: dict[str, Any]) -> dict[str, Any]:
        resolved: dict[str, Any] = resolve_dynamic(properties, self.client)
        return resolved
