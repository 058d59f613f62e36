"""Resources made, changed, read and removed through the service APIs, as their rows say.

In: a type, its resolved properties and, for what exists, its physical id. Out: API calls and
their outcome. It may not know a resource type by name: what a row cannot express is a named hook
in `special`. A property that no call carries is an error that names type and property.

The context of a row's expressions: id, name, props, old, created (the create call's answer), read
(what the service says now), item, stack, stack_id, logical, region, account, tags, gone.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jmespath
from botocore.exceptions import BotoCoreError, ClientError
from jmespath import functions

from tierctl.sandbox.cloudformation import special
from tierctl.sandbox.cloudformation.diff import same
from tierctl.sandbox.cloudformation.dynamic import resolve_dynamic
from tierctl.sandbox.cloudformation.made import Made
from tierctl.sandbox.cloudformation.rows import Row, Step, all_rows
from tierctl.sandbox.cloudformation.shapes import UncarriedError, member_of, tag_map, to_api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

GONE = re.compile(r"not.?found|nosuch|does.?not.?exist|nonexistent|notexist|NotPresent", re.I)


class ProvisionError(Exception):
    """A resource operation that failed, with the reason for the stack's event.

    `applied`: whether any call had already changed the resource. `made`: what a failed create
    leaves behind, to be removed by the rollback.
    """

    def __init__(self, reason: str, *, applied: bool = False, made: Made | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.applied = applied
        self.made = made


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose resource it is."""

    type: str
    logical_id: str
    stack_name: str
    stack_id: str


class _Functions(functions.Functions):  # type: ignore[misc]  # jmespath publishes no types
    @functions.signature({"types": ["string"]}, {"types": ["string"]})  # type: ignore[misc]
    def _func_split(self, separator: str, text: str) -> list[str]:
        return text.split(separator)


OPTIONS = jmespath.Options(custom_functions=_Functions())


def evaluate(value: Any, context: dict[str, Any]) -> Any:
    """Evaluate a row's value; what an expression finds to be null is left out."""
    match value:
        case str() if value.startswith("="):
            return jmespath.search(value[1:], context, options=OPTIONS)
        case dict():
            found = {key: evaluate(item, context) for key, item in value.items()}
            return {key: item for key, item in found.items() if item is not None}
        case list():
            return [i for item in value if (i := evaluate(item, context)) is not None]
        case _:
            return value


def random_suffix() -> str:
    """Return the random part of a generated name."""
    return "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(12))


class Provisioner:
    """The four verbs over every row."""

    def __init__(self, client: Callable[[str, str], Any], region: str, account: str) -> None:
        self._client = client
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
        with self._reasons(identity.type):
            if row.custom:
                return special.CUSTOM[row.custom].create(self, context)
            props = self._prepared(row, raw, context)
            context["props"] = props
            carried = self._always_carried(row) | (raw.keys() - props.keys())
            for step in row.create:
                answer, names = self._call(step, context, props, props.keys())
                carried |= names
                context["created"] = {**context["created"], **answer}
            context["id"] = evaluate(row.id, context)
            if not context["id"]:
                raise ProvisionError(f"{identity.type}: the row's id expression found nothing")
            if row.tags_property in props and row.tags_property not in carried:
                self._tag(row, context, {}, props)
                carried.add(row.tags_property)
            for step in row.sync:
                carried |= self._follow(step, context, {}, props, props.keys())
            self._all_carried(identity.type, props.keys(), carried)
            return Made(str(context["id"]), context["created"])

    def update(
        self, identity: Identity, made: Made, old: dict[str, Any], new: dict[str, Any]
    ) -> None:
        """Change a resource in place."""
        row = self.row(identity.type)
        before, after = self._live(old), self._live(new)
        context = self._context(identity, row, after, before, made)
        changed = {k for k in old.keys() | new.keys() if not same(old.get(k), new.get(k))}
        applied = False
        try:
            with self._reasons(identity.type):
                if row.custom:
                    special.CUSTOM[row.custom].update(self, context)
                    return
                context["changed"] = sorted(changed)
                props = self._prepared(row, after, context)
                context["props"] = props
                context["read"] = self._read(row, context)
                carried = self._always_carried(row) | (after.keys() - props.keys())
                carried |= before.keys() - after.keys() - row.translate.keys()
                changed |= props.keys() - after.keys()
                if row.tags_property in changed and row.tagging:
                    self._tag(row, context, before, props)
                    carried.add(row.tags_property)
                    changed = changed - {row.tags_property}
                    applied = True
                for step in (*row.update, *row.sync):
                    names = self._follow(step, context, before, props, changed)
                    carried |= names
                    applied = applied or bool(names)
                self._all_carried(identity.type, changed, carried)
        except ProvisionError as error:
            raise ProvisionError(error.reason, applied=applied) from error

    def delete(
        self, identity: Identity, made: Made, properties: dict[str, Any], *, snapshot: bool
    ) -> None:
        """Remove a resource; one that is already gone counts as removed."""
        row = self.row(identity.type)
        context = self._context(identity, row, properties, {}, made)
        with self._reasons(identity.type):
            if row.custom:
                special.CUSTOM[row.custom].delete(self, context)
                return
            context["read"] = self._read(row, context)
            context["suffix"] = random_suffix().lower()
            for step in row.snapshot if snapshot and row.snapshot else row.delete:
                try:
                    self._each(step, context)
                except ClientError as error:
                    if not GONE.search(error.response["Error"]["Code"]):
                        raise

    def read(
        self, identity: Identity, made: Made, properties: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Return what the service says about a resource; None when it has no read path."""
        row = self.row(identity.type)
        return self._read(row, self._context(identity, row, properties, {}, made))

    def attribute(
        self, identity: Identity, made: Made, properties: dict[str, Any], name: str
    ) -> Any:
        """Return a GetAtt attribute."""
        row = self.row(identity.type)
        context = self._context(identity, row, properties, {}, made)
        with self._reasons(identity.type):
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
        answer = self._invoke(row.read, evaluate(row.read.args, context))
        found = jmespath.search(row.read_path, answer, options=OPTIONS)
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
        if row.name_property and not context["id"]:
            props.setdefault(row.name_property, context["name"])
        if row.prepare:
            props = special.PREPARE[row.prepare](self, context, props)
        for name, how in row.translate.items():
            if name in props:
                props[name] = special.TRANSLATE[how](props[name])
        return props

    def _always_carried(self, row: Row) -> set[str]:
        named = {row.name_property} if row.name_property else set()
        return {*row.ignored, *row.uses, *named}

    def _follow(
        self,
        step: Step,
        context: dict[str, Any],
        before: dict[str, Any],
        props: dict[str, Any],
        changed: Iterable[str],
    ) -> set[str]:
        """Run a step if it carries anything that changed; return what it carried."""
        if step.each:
            return self._items(step, context, before, props, set(changed))
        names = {n for n in changed if self._takes(step, n)}
        if not names:
            return set()
        relevant = step.take or (names if step.send == "changed" else props.keys())
        if not any(name in props for name in relevant):
            # removed: most APIs have no "unset", and the setting then stays as it is on AWS too
            if step.absent:
                self._invoke(step.absent, evaluate(step.absent.args, context))
            return names
        offered = props.keys() if step.send == "all" else names
        self._call(step, context, props, offered)
        return names

    def _items(
        self,
        step: Step,
        context: dict[str, Any],
        before: dict[str, Any],
        props: dict[str, Any],
        changed: set[str],
    ) -> set[str]:
        """Add the items of a list that are new; remove those that went away."""
        name = str(step.each)
        if name not in changed:
            return set()
        was, now = before.get(name) or [], props.get(name) or []
        for item in was:
            if step.remove and not any(same(item, other) for other in now):
                self._call(step.remove, {**context, "item": item}, props, ())
        for item in now:
            if not any(same(item, other) for other in was):
                self._call(step, {**context, "item": item}, props, ())
        return {name}

    def _each(self, step: Step, context: dict[str, Any]) -> None:
        """Run a delete step, once per item when it says `each` (an expression here)."""
        for item in evaluate(step.each, context) or () if step.each else (None,):
            self._call(step, {**context, "item": item}, {}, ())

    def _takes(self, step: Step, name: str) -> bool:
        if step.take is not None:
            return name in step.take
        return member_of(self._shape(step), name, step.rename) is not None

    def _shape(self, step: Step) -> Any:
        meta = self.client(step.service).meta
        return meta.service_model.operation_model(meta.method_to_api_mapping[step.op]).input_shape

    def _call(
        self, step: Step, context: dict[str, Any], props: dict[str, Any], offered: Iterable[str]
    ) -> tuple[dict[str, Any], set[str]]:
        """Make the step's call with the properties it takes; return answer and names carried."""
        if step.when and not evaluate(step.when, context):
            return {}, set(step.take or ())
        shape = self._shape(step)
        params: dict[str, Any] = {}
        carried: set[str] = set()
        for name in sorted(offered):
            if name not in props or not self._takes(step, name):
                continue
            carried.add(name)
            member = member_of(shape, name, step.rename)
            if member is not None and member not in step.args:
                params[member] = to_api(props[name], shape.members[member], name, step.rename)
        for member, value in evaluate(step.args, context).items():
            params[member] = to_api(value, shape.members[member], member, step.rename)
        return self._invoke(step, params), carried

    def _invoke(self, step: Step, params: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self.client(step.service), step.op)(**params)
        answer.pop("ResponseMetadata", None)
        return answer

    def _tag(
        self, row: Row, context: dict[str, Any], before: dict[str, Any], props: dict[str, Any]
    ) -> None:
        if row.tagging is None:
            raise UncarriedError(row.tags_property)
        context = {**context, "read": self._read(row, context)}
        old, new = tag_map(before.get(row.tags_property)), tag_map(props.get(row.tags_property))
        if gone := [key for key in old if key not in new]:
            gone_context = {**context, "gone": gone, "gone_tags": [{"Key": key} for key in gone]}
            self._call(row.tagging.remove, gone_context, {}, ())
        if new:
            pairs = [{"Key": key, "Value": value} for key, value in new.items()]
            self._call(row.tagging.add, {**context, "tags": pairs}, {}, ())

    def _all_carried(self, resource_type: str, names: Iterable[str], carried: set[str]) -> None:
        if left := sorted(set(names) - carried):
            raise ProvisionError(
                f"the sandbox cannot carry {', '.join(left)} of {resource_type}:"
                " no call of its row takes it"
            )

    def _live(self, properties: dict[str, Any]) -> dict[str, Any]:
        resolved: dict[str, Any] = resolve_dynamic(properties, self.client)
        return resolved

    @contextlib.contextmanager
    def _reasons(self, resource_type: str) -> Any:
        """Turn whatever a call raises into the reason an event shows."""
        try:
            yield
        except UncarriedError as error:
            raise ProvisionError(
                f"the sandbox cannot carry {error.path} of {resource_type}:"
                " the API input has no such member"
            ) from error
        except ClientError as error:
            found = error.response["Error"]
            raise ProvisionError(
                f"Resource handler returned message: \"{found.get('Message', '')}"
                f" (Service: {error.operation_name}, Error Code: {found.get('Code')})\""
            ) from error
        except (BotoCoreError, KeyError, TypeError, ValueError) as error:
            raise ProvisionError(
                f"Properties validation failed for {resource_type}: {error}"
            ) from error
