"""Stack operations, run in the background: create, update, delete, roll back.

In: a stack, a deployment. Out: the stack's status moving as AWS's does, with events. The request
that starts an operation returns at once; a thread carries it out through `work`.
"""

from __future__ import annotations

import threading
import traceback
import uuid
from typing import TYPE_CHECKING

from tierctl.sandbox.cloudformation.evaluation import Evaluation
from tierctl.sandbox.cloudformation.intrinsics import unknown_in
from tierctl.sandbox.cloudformation.work import StoppedError, Tools, Work
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from tierctl.sandbox.cloudformation.stacks import Deployment, Stack, Undo


class Engine:
    """Runs operations on stacks, one at a time per stack."""

    def __init__(self, tools: Tools, importers: Callable[[str, Stack], str | None]) -> None:
        self.tools = tools
        self._importers = importers  # the stack that uses an export, if any

    def start(self, stack: Stack, operation: Callable[[], None]) -> str:
        """Run an operation in the background and return its id."""
        stack.operation_id = str(uuid.uuid4())

        def run() -> None:
            try:
                operation()
            except Exception as error:  # noqa: BLE001  a thread's last resort: the stack must say so
                traceback.print_exc()
                verb = stack.status.split("_", 1)[0]
                stack.turn(
                    self._now(), f"{verb}_FAILED", f"Internal failure of the sandbox: {error}"
                )

        threading.Thread(target=run, name=f"stack-{stack.name}", daemon=True).start()
        return stack.operation_id

    def create(self, stack: Stack, target: Deployment, on_failure: str) -> None:
        """Create a stack's resources."""
        stack.deployment = target
        stack.undo.clear()
        work = Work(stack, self.tools)
        try:
            evaluation = work.converge(target)
            self._outputs(stack, evaluation)
        except StoppedError as stopped:
            reason = f"The following resource(s) failed to create: [{stopped.logical_id}]. "
            self._create_failed(stack, work, on_failure, reason)
            return
        stack.undo.clear()
        stack.turn(self._now(), "CREATE_COMPLETE")

    def _create_failed(self, stack: Stack, work: Work, on_failure: str, reason: str) -> None:
        if on_failure == "DO_NOTHING":
            stack.turn(self._now(), "CREATE_FAILED", reason)
            return
        if on_failure == "DELETE":
            stack.turn(self._now(), "DELETE_IN_PROGRESS", f"{reason}Delete requested by user.")
            self.delete(stack, frozenset())
            return
        stack.turn(self._now(), "ROLLBACK_IN_PROGRESS", f"{reason}Rollback requested by user.")
        self._remove_created(stack, work, work.undo())
        left = bool(stack.resources)
        stack.turn(self._now(), "ROLLBACK_FAILED" if left else "ROLLBACK_COMPLETE")

    def _remove_created(self, stack: Stack, work: Work, created: Iterable[Undo]) -> None:
        """Delete what the failed operation made; Retain keeps it, RetainExceptOnCreate does not."""
        for entry in created:
            made = entry.before
            if made is None:
                continue
            how = made.declared.deletion_policy
            if entry.kind == "imported":
                how = "Retain"
            elif how == "RetainExceptOnCreate" or entry.kind == "replaced":
                how = "Delete"
            if work.remove(made, "Delete" if how == "Snapshot" else how) and (
                entry.kind != "replaced"
            ):
                stack.resources.pop(entry.logical_id, None)

    def update(
        self,
        stack: Stack,
        target: Deployment,
        *,
        rollback: bool = True,
        policy_body: str | None = None,
        imports: dict[str, str] | None = None,
    ) -> None:
        """Bring a stack to a new deployment."""
        before = stack.deployment
        stack.before = before
        stack.undo.clear()
        verb = "IMPORT" if imports else "UPDATE"
        work = Work(stack, self.tools, policy_body)
        try:
            evaluation = work.converge(target, imports)
            self._check_exports(stack, evaluation)
        except (StoppedError, ApiError) as error:
            reason = str(error)
            if isinstance(error, StoppedError):
                reason = f"The following resource(s) failed to update: [{error.logical_id}]. "
            if not rollback:
                stack.deployment = target
                stack.turn(self._now(), f"{verb}_FAILED", reason)
                return
            stack.turn(self._now(), f"{verb}_ROLLBACK_IN_PROGRESS", reason)
            self.roll_back(stack, frozenset(), verb)
            return
        if not imports:
            stack.turn(self._now(), "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        stack.deployment = target
        work.clean(evaluation, before)
        self._outputs(stack, evaluation)
        stack.undo.clear()
        stack.before = None
        stack.turn(self._now(), f"{verb}_COMPLETE")

    def roll_back(self, stack: Stack, skip: frozenset[str], verb: str = "UPDATE") -> None:
        """Take an update back; also what ContinueUpdateRollback runs."""
        work = Work(stack, self.tools, "")  # a stack policy does not hold up a rollback
        try:
            created = work.undo(skip)
        except StoppedError as stopped:
            stack.turn(
                self._now(),
                f"{verb}_ROLLBACK_FAILED",
                f"The following resource(s) failed to update: [{stopped.logical_id}]. ",
            )
            return
        if verb == "UPDATE":
            stack.turn(self._now(), "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        self._remove_created(stack, work, created)
        for resource in stack.resources.values():
            if resource.status.endswith("_FAILED"):
                resource.status, resource.reason = "UPDATE_COMPLETE", None
        if stack.before is not None:
            stack.deployment, stack.before = stack.before, None
        stack.turn(self._now(), f"{verb}_ROLLBACK_COMPLETE")

    def delete(self, stack: Stack, retain: frozenset[str]) -> None:
        """Delete a stack's resources, dependents first."""
        work = Work(stack, self.tools)
        order = list(stack.resources)
        if stack.deployment is not None:
            planned = Evaluation(stack, stack.deployment, self.tools.around).order
            order.sort(key=lambda name: planned.index(name) if name in planned else len(planned))
        failed = []
        for name in reversed(order):
            resource = stack.resources[name]
            how = "Retain" if name in retain else resource.declared.deletion_policy
            if work.remove(resource, how):
                del stack.resources[name]
            else:
                failed.append(name)
        if failed:
            stack.turn(
                self._now(),
                "DELETE_FAILED",
                f"The following resource(s) failed to delete: [{', '.join(failed)}]. ",
            )
            return
        stack.outputs.clear()
        stack.imports.clear()
        stack.deleted = self._now()
        stack.turn(self._now(), "DELETE_COMPLETE")

    def _outputs(self, stack: Stack, evaluation: Evaluation) -> None:
        stack.outputs = evaluation.outputs()
        stack.imports = set(evaluation.imports)

    def _check_exports(self, stack: Stack, evaluation: Evaluation) -> None:
        """Refuse to change or delete an export that another stack imports."""
        new = {
            o["ExportName"]: o["Value"] for o in evaluation.outputs().values() if "ExportName" in o
        }
        for output in stack.outputs.values():
            name = output.get("ExportName")
            if name is None or unknown_in(output["Value"]):
                continue
            if (user := self._importers(name, stack)) is None:
                continue
            if name not in new:
                raise ApiError(
                    "ValidationError", f"Export {name} cannot be deleted as it is in use by {user}"
                )
            if new[name] != output["Value"]:
                raise ApiError(
                    "ValidationError", f"Export {name} cannot be updated as it is in use by {user}"
                )

    def _now(self) -> datetime:
        return self.tools.clock.now()
