"""CloudFormation's operations that change something.

In: the parsed parameters of one request. Out: the answer as a dict, or an `ApiError` with AWS's
code and text. Reading operations are in `reading`, drift in `drift`.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from tierctl.sandbox.cloudformation import changesets, policy
from tierctl.sandbox.cloudformation.drift import Drift
from tierctl.sandbox.cloudformation.engine import Engine
from tierctl.sandbox.cloudformation.reading import Reading
from tierctl.sandbox.cloudformation.stacks import ChangeSet, Deployment, Stack
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tierctl.sandbox.cloudformation.store import Store
    from tierctl.sandbox.cloudformation.work import Tools

NOTHING = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)


class CloudFormation:
    """The service in one region."""

    def __init__(self, store: Store, tools: Tools) -> None:
        self.store = store
        self._engine = Engine(tools, store.importers)
        self._reading = Reading(store)
        self._drift = Drift(store)

    def operation(self, name: str) -> Callable[[dict[str, Any]], dict[str, Any]] | None:
        """Return the method that answers an operation, None when the sandbox has none."""
        method = "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
        for part in (self, self._reading, self._drift):
            found = getattr(part, f"do_{method}", None)
            if found is not None:
                return found  # type: ignore[no-any-return]  # every do_ method has this signature
        return None

    def do_create_stack(self, params: dict[str, Any]) -> dict[str, Any]:
        """CreateStack."""
        name = params["StackName"]
        if self.store.find_live(name):
            raise ApiError("AlreadyExistsException", f"Stack [{name}] already exists")
        stack = self.store.new(name, "CREATE_IN_PROGRESS")
        try:
            target = self.store.deployment(params, stack)
        except ApiError:
            del self.store.stacks[stack.id]
            raise
        self._settings(stack, params)
        stack.termination_protection = bool(params.get("EnableTerminationProtection"))
        on_failure = params.get("OnFailure") or "ROLLBACK"
        if params.get("DisableRollback"):
            on_failure = "DO_NOTHING"
        self._begin(stack, "CREATE_IN_PROGRESS")
        self._engine.start(stack, lambda: self._engine.create(stack, target, on_failure))
        return {"StackId": stack.id, "OperationId": stack.operation_id}

    def do_update_stack(self, params: dict[str, Any]) -> dict[str, Any]:
        """UpdateStack."""
        stack = self._existing(params["StackName"])
        self.store.updatable(stack)
        target = self.store.deployment(params, stack)
        changed = changesets.plan(stack, target, self.store.around)
        if not changed and not self._outer_changes(stack, target):
            raise ApiError("ValidationError", "No updates are to be performed.")
        self._settings(stack, params)
        during = params.get("StackPolicyDuringUpdateBody")
        rollback = not params.get("DisableRollback")
        self._begin(stack, "UPDATE_IN_PROGRESS")
        self._engine.start(
            stack,
            lambda: self._engine.update(stack, target, rollback=rollback, policy_body=during),
        )
        return {"StackId": stack.id, "OperationId": stack.operation_id}

    def do_delete_stack(self, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteStack."""
        stack = self.store.find_live(params["StackName"])
        if stack is None:
            return {}
        if stack.termination_protection:
            raise ApiError(
                "ValidationError",
                f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled",
            )
        if stack.is_busy:
            raise ApiError("ValidationError", f"Stack [{stack.name}] is in {stack.status} state")
        for output in stack.outputs.values():
            name = output.get("ExportName")
            if name and (user := self.store.importers(name, stack)):
                reason = f"Delete canceled. Cannot delete export {name} as it is in use by {user}."
                stack.turn(self.store.clock.now(), stack.status, reason)
                raise ApiError("ValidationError", reason)
        retain = frozenset(params.get("RetainResources") or ())
        self._begin(stack, "DELETE_IN_PROGRESS")
        self._engine.start(stack, lambda: self._engine.delete(stack, retain))
        return {}

    def do_create_change_set(self, params: dict[str, Any]) -> dict[str, Any]:
        """CreateChangeSet."""
        name, kind = params["ChangeSetName"], params.get("ChangeSetType") or "UPDATE"
        stack = self.store.find_live(params["StackName"])
        if kind == "CREATE" or (kind == "IMPORT" and stack is None):
            if stack is not None and stack.status != "REVIEW_IN_PROGRESS":
                raise ApiError(
                    "ValidationError",
                    f"Stack [{stack.name}] already exists and cannot be created again with the"
                    f" changeSet [{name}].",
                )
            if stack is None:
                stack = self.store.new(params["StackName"], "REVIEW_IN_PROGRESS")
                stack.turn(self.store.clock.now(), "REVIEW_IN_PROGRESS", "User Initiated")
        elif stack is None:
            raise ApiError("ValidationError", f"Stack [{params['StackName']}] does not exist")
        else:
            self.store.updatable(stack)
        if any(cs.name == name for cs in stack.change_sets.values()):
            raise ApiError("AlreadyExistsException", f"ChangeSet {name} already exists")
        try:
            change_set = self._planned(stack, name, kind, params)
        except ApiError:
            if stack.status == "REVIEW_IN_PROGRESS" and not stack.change_sets:
                del self.store.stacks[stack.id]  # it was made for this change set only
            raise
        stack.change_sets[change_set.id] = change_set
        return {"Id": change_set.id, "StackId": stack.id}

    def _planned(self, stack: Stack, name: str, kind: str, params: dict[str, Any]) -> ChangeSet:
        target = self.store.deployment(params, stack)
        imports = tuple(params.get("ResourcesToImport") or ())
        adopted = _physical_ids(imports)
        _check_imports(target, adopted)
        changes = changesets.plan(stack, target, self.store.around, adopted)
        outer = stack.deployment is None or self._outer_changes(stack, target)
        reason = None if changes or outer else NOTHING
        if kind == "IMPORT" and any(c["ResourceChange"]["Action"] != "Import" for c in changes):
            reason = (
                "As part of the import operation, you cannot modify or add [Resources] other than "
                "the imported ones."
            )
        region, account = stack.region, stack.account
        return ChangeSet(
            id=f"arn:aws:cloudformation:{region}:{account}:changeSet/{name}/{uuid.uuid4()}",
            name=name,
            kind=kind,
            stack_id=stack.id,
            deployment=target,
            created=self.store.clock.now(),
            status="FAILED" if reason else "CREATE_COMPLETE",
            execution_status="UNAVAILABLE" if reason else "AVAILABLE",
            reason=reason,
            changes=changes,
            description=params.get("Description"),
            on_failure=params.get("OnStackFailure"),
            imports=imports,
        )

    def do_execute_change_set(self, params: dict[str, Any]) -> dict[str, Any]:
        """ExecuteChangeSet."""
        stack, change_set = self.store.find_change_set(
            params["ChangeSetName"], params.get("StackName")
        )
        if change_set.execution_status != "AVAILABLE":
            raise ApiError(
                "InvalidChangeSetStatus",
                f"ChangeSet [{change_set.id}] cannot be executed in its current status of"
                f" [{change_set.status}]",
            )
        if stack.status != "REVIEW_IN_PROGRESS":
            self.store.updatable(stack)
        change_set.execution_status = "EXECUTE_COMPLETE"
        # executing one change set removes the stack's others
        stack.change_sets = {change_set.id: change_set}
        stack.change_set_id = change_set.id
        target, adopted = change_set.deployment, _physical_ids(change_set.imports)
        rollback = not params.get("DisableRollback")
        if stack.status == "REVIEW_IN_PROGRESS" and change_set.kind == "CREATE":
            on_failure = change_set.on_failure or ("ROLLBACK" if rollback else "DO_NOTHING")
            self._begin(stack, "CREATE_IN_PROGRESS")
            self._engine.start(stack, lambda: self._engine.create(stack, target, on_failure))
        else:
            verb = "IMPORT" if change_set.kind == "IMPORT" else "UPDATE"
            self._begin(stack, f"{verb}_IN_PROGRESS")
            self._engine.start(
                stack,
                lambda: self._engine.update(
                    stack, target, rollback=rollback, imports=adopted or None
                ),
            )
        return {}

    def do_delete_change_set(self, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteChangeSet; one that is not there counts as deleted, unless named by ARN."""
        try:
            stack, change_set = self.store.find_change_set(
                params["ChangeSetName"], params.get("StackName")
            )
        except ApiError as error:
            if error.code == "ChangeSetNotFound":
                return {}
            raise
        del stack.change_sets[change_set.id]
        return {}

    def do_continue_update_rollback(self, params: dict[str, Any]) -> dict[str, Any]:
        """ContinueUpdateRollback."""
        stack = self._existing(params["StackName"])
        if stack.status != "UPDATE_ROLLBACK_FAILED":
            raise ApiError(
                "ValidationError",
                f"Stack:{stack.id} is in {stack.status} state and can not continue a rollback.",
            )
        skip = frozenset(params.get("ResourcesToSkip") or ())
        stuck = {n for n, r in stack.resources.items() if r.status == "UPDATE_FAILED"}
        if wrong := sorted(skip - stuck):
            raise ApiError(
                "ValidationError",
                f"Resources to skip must be in the UPDATE_FAILED state: [{', '.join(wrong)}]",
            )
        self._begin(stack, "UPDATE_ROLLBACK_IN_PROGRESS")
        self._engine.start(stack, lambda: self._engine.roll_back(stack, skip))
        return {}

    def do_rollback_stack(self, params: dict[str, Any]) -> dict[str, Any]:
        """RollbackStack, after a failed update with rollback disabled."""
        stack = self._existing(params["StackName"])
        if stack.status != "UPDATE_FAILED":
            raise ApiError(
                "ValidationError",
                f"Stack:{stack.id} is in {stack.status} state and can not be rolled back.",
            )
        self._begin(stack, "UPDATE_ROLLBACK_IN_PROGRESS")
        self._engine.start(stack, lambda: self._engine.roll_back(stack, frozenset()))
        return {"StackId": stack.id, "OperationId": stack.operation_id}

    def do_update_termination_protection(self, params: dict[str, Any]) -> dict[str, Any]:
        """UpdateTerminationProtection."""
        stack = self.store.find(params["StackName"])  # cdk sets it while a stack is in review
        stack.termination_protection = bool(params["EnableTerminationProtection"])
        return {"StackId": stack.id}

    def do_set_stack_policy(self, params: dict[str, Any]) -> dict[str, Any]:
        """SetStackPolicy; once set, a policy can be changed but not removed."""
        stack = self._existing(params["StackName"])
        body = params.get("StackPolicyBody")
        if not body:
            raise ApiError("ValidationError", "The sandbox takes StackPolicyBody only, no URL.")
        policy.read_policy(body)
        stack.policy = body
        return {}

    def _existing(self, name: str) -> Stack:
        stack = self.store.find_live(name)
        if stack is None or stack.status == "REVIEW_IN_PROGRESS":
            raise ApiError("ValidationError", f"Stack [{name}] does not exist")
        return stack

    def _begin(self, stack: Stack, status: str) -> None:
        if not status.startswith(("CREATE", "DELETE")):
            stack.updated = self.store.clock.now()
        stack.turn(self.store.clock.now(), status, "User Initiated")

    def _settings(self, stack: Stack, params: dict[str, Any]) -> None:
        if body := params.get("StackPolicyBody"):
            policy.read_policy(body)
            stack.policy = body
        stack.role = params.get("RoleARN") or stack.role
        if params.get("NotificationARNs") is not None:
            stack.notification_arns = tuple(params["NotificationARNs"])

    def _outer_changes(self, stack: Stack, target: Deployment) -> bool:
        """Tell whether outputs or stack tags differ, which is an update without resources."""
        before = stack.deployment
        if before is None:
            return True
        outputs = before.template.section("Outputs") != target.template.section("Outputs")
        return outputs or before.tags != target.tags


def _check_imports(target: Deployment, adopted: dict[str, str]) -> None:
    """Refuse an import that does not say what happens to the resource on removal."""
    declared = target.template.body["Resources"]
    if missing := sorted(n for n in adopted if "DeletionPolicy" not in declared.get(n, {})):
        raise ApiError(
            "ValidationError",
            f"The following resources to import [{', '.join(missing)}] must have DeletionPolicy"
            " attribute specified in the template.",
        )


def _physical_ids(imports: tuple[dict[str, Any], ...]) -> dict[str, str]:
    """Return the physical ids of ResourcesToImport by logical id."""
    return {
        entry["LogicalResourceId"]: next(iter(entry["ResourceIdentifier"].values()))
        for entry in imports
    }
