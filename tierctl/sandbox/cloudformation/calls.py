"""Steps of a row, made into API calls.

In: a step, the context of its expressions, properties. Out: the call's answer, and whether it was
made. It knows neither resource types nor stacks.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import jmespath  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError
from jmespath import functions

from tierctl.sandbox.cloudformation.diff import same
from tierctl.sandbox.cloudformation.shapes import UncarriedError, member_of, to_api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tierctl.sandbox.cloudformation.made import Made
    from tierctl.sandbox.cloudformation.rows import Step


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


class _Functions(functions.Functions):  # type: ignore[misc]  # jmespath publishes no types
    @functions.signature({"types": ["string"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_split(self, separator: str, text: str) -> list[str]:
        return text.split(separator)


OPTIONS = jmespath.Options(custom_functions=_Functions())


def search(expression: str, context: Any) -> Any:
    """Evaluate a JMESPath expression; `split(separator, text)` is added to its functions."""
    return jmespath.search(expression, context, options=OPTIONS)


def evaluate(value: Any, context: dict[str, Any]) -> Any:
    """Evaluate a row's value; what an expression finds to be null is left out."""
    match value:
        case str() if value.startswith("="):
            return search(value[1:], context)
        case dict():
            found = {key: evaluate(item, context) for key, item in value.items()}
            return {key: item for key, item in found.items() if item is not None}
        case list():
            return [i for item in value if (i := evaluate(item, context)) is not None]
        case _:
            return value


@contextlib.contextmanager
def reasons(resource_type: str) -> Iterator[None]:
    """Turn whatever a call raises into the reason an event shows."""
    try:
        yield
    except UncarriedError as error:
        raise ProvisionError(
            f"the sandbox cannot carry {error.path} of {resource_type}: the API has no such member"
        ) from error
    except ClientError as error:
        found = error.response["Error"]
        raise ProvisionError(
            f'Resource handler returned message: "{found.get("Message", "")}'
            f' (Service: {error.operation_name}, Error Code: {found.get("Code")})"'
        ) from error
    except (BotoCoreError, KeyError, TypeError, ValueError) as error:
        raise ProvisionError(
            f"Properties validation failed for {resource_type}: {error}"
        ) from error


class Calls:
    """Makes the calls of steps through boto3 clients."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._client = client

    def takes(self, step: Step, name: str) -> bool:
        """Tell whether a step carries a property."""
        if step.each is not None:
            return name == step.each
        if step.take is not None:
            return name in step.take
        return member_of(self._shape(step), name, step.rename) is not None

    def _shape(self, step: Step) -> Any:
        meta = self._client(step.service).meta
        return meta.service_model.operation_model(meta.method_to_api_mapping[step.op]).input_shape

    def make(
        self, step: Step, context: dict[str, Any], props: dict[str, Any], offered: Iterable[str]
    ) -> dict[str, Any]:
        """Make the step's call with the offered properties that it takes."""
        if step.when and not evaluate(step.when, context):
            return {}
        shape = self._shape(step)
        params: dict[str, Any] = {}
        for name in sorted(offered):
            if name not in props or not self.takes(step, name):
                continue
            member = member_of(shape, name, step.rename)
            if member is not None and member not in step.args:
                params[member] = to_api(props[name], shape.members[member], name, step.rename)
        for member, value in evaluate(step.args, context).items():
            params[member] = to_api(value, shape.members[member], member, step.rename)
        return self.invoke(step, params)

    def invoke(self, step: Step, params: dict[str, Any]) -> dict[str, Any]:
        """Call the API."""
        answer: dict[str, Any] = getattr(self._client(step.service), step.op)(**params)
        answer.pop("ResponseMetadata", None)
        return answer

    def follow(
        self,
        step: Step,
        context: dict[str, Any],
        before: dict[str, Any],
        props: dict[str, Any],
        changed: set[str],
    ) -> bool:
        """Run a step if it carries anything that changed; tell whether it did."""
        names = {name for name in changed if self.takes(step, name)}
        if not names:
            return False
        if step.each is not None:
            self._items(step, context, before.get(step.each) or [], props)
            return True
        relevant = step.take or (names if step.send == "changed" else props.keys())
        if not any(name in props for name in relevant):
            # removed: most APIs have no "unset", and the setting then stays as it is on AWS too
            if step.absent:
                self.invoke(step.absent, evaluate(step.absent.args, context))
            return True
        self.make(step, context, props, props.keys() if step.send == "all" else names)
        return True

    def _items(
        self, step: Step, context: dict[str, Any], was: list[Any], props: dict[str, Any]
    ) -> None:
        """Add the items of a list that are new; remove those that went away."""
        now = props.get(str(step.each)) or []
        for item in was:
            if step.remove and not any(same(item, other) for other in now):
                self.make(step.remove, {**context, "item": item}, props, ())
        for item in now:
            if not any(same(item, other) for other in was):
                self.make(step, {**context, "item": item}, props, ())

    def each(self, step: Step, context: dict[str, Any]) -> None:
        """Run a delete step, once per item when it says `each` (an expression there)."""
        for item in evaluate(step.each, context) or () if step.each else (None,):
            self.make(step, {**context, "item": item}, {}, ())
