"""One stack update: change set, gate, execute, watch. The only code that changes a stack.

In: an account and an assembly. Out: how it ended. A change set that is refused is deleted, and
nothing has happened.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tierctl.aws.account import Account, AwsError
from tierctl.aws.gate import Refusal, judge, stack_policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from tierctl.aws.assembly import Assembly

    Tell = Callable[[str], None]

NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
GONE = "DELETE_COMPLETE"
REVIEW = "REVIEW_IN_PROGRESS"


class StackFailedError(AwsError):
    """A stack update was rolled back or got stuck."""


@dataclass(slots=True)
class Stack:
    """A stack of an account, by name."""

    account: Account
    name: str
    poll_s: float = 5.0
    sleep: Callable[[float], None] = time.sleep

    def describe(self) -> dict[str, Any] | None:
        """The stack as CloudFormation describes it, or None when there is none."""
        try:
            answer = self.account.call("cloudformation", "describe_stacks", StackName=self.name)
        except AwsError as error:
            if "does not exist" in str(error):
                return None
            raise
        found: dict[str, Any] = answer["Stacks"][0]
        return None if found["StackStatus"] in (GONE, REVIEW) else found

    def template(self) -> dict[str, Any]:
        """The template as it was given, JSON."""
        answer = self.account.call(
            "cloudformation", "get_template", StackName=self.name, TemplateStage="Original"
        )
        body = answer["TemplateBody"]
        return dict(json.loads(body)) if isinstance(body, str) else dict(body)

    def protect(self) -> None:
        """Stack policy and termination protection: before the first step."""
        self.account.call(
            "cloudformation",
            "set_stack_policy",
            StackName=self.name,
            StackPolicyBody=json.dumps(stack_policy()),
        )
        self.account.call(
            "cloudformation",
            "update_termination_protection",
            StackName=self.name,
            EnableTerminationProtection=True,
        )

    def propose(self, assembly: Assembly, label: str) -> list[dict[str, Any]] | None:
        """Create a change set and return its changes; None when there are none.

        Raises:
            AwsError: CloudFormation could not make it.
        """
        identity = self.account.call("sts", "get_caller_identity")
        owner, partition = identity["Account"], identity["Arn"].split(":")[1]
        url = self._upload(assembly, owner, partition)
        self._discard(label)
        self.account.call(
            "cloudformation",
            "create_change_set",
            StackName=self.name,
            ChangeSetName=label,
            ChangeSetType="UPDATE",
            TemplateURL=url,
            RoleARN=assembly.placed(assembly.execution_role, owner, partition),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            Tags=[{"Key": key, "Value": value} for key, value in assembly.tags],
        )
        while True:
            answer = self._change_set(label)
            if answer["Status"] == "FAILED":
                reason = str(answer.get("StatusReason", ""))
                self._discard(label)
                if any(words in reason for words in NO_CHANGES):
                    return None
                raise AwsError(f"The change set of {self.name} failed: {reason}")
            if answer["Status"] == "CREATE_COMPLETE":
                return self.account.pages(
                    "cloudformation",
                    "describe_change_set",
                    "Changes",
                    StackName=self.name,
                    ChangeSetName=label,
                )
            self.sleep(self.poll_s)

    def _upload(self, assembly: Assembly, owner: str, partition: str) -> str:
        """The template into the bootstrap bucket; returns the address CloudFormation reads."""
        location = assembly.placed(assembly.object_url, owner, partition).removeprefix("s3://")
        bucket, _, key = location.partition("/")
        body = assembly.template.encode()
        self.account.call("s3", "put_object", Bucket=bucket, Key=key, Body=body)
        return f"https://s3.{self.account.region}.amazonaws.com/{bucket}/{key}"

    def _change_set(self, label: str) -> dict[str, Any]:
        """The change set's first page."""
        return self.account.call(
            "cloudformation", "describe_change_set", StackName=self.name, ChangeSetName=label
        )

    def _discard(self, label: str) -> None:
        """Delete a change set of that name, if there is one."""
        try:
            self.account.call(
                "cloudformation", "delete_change_set", StackName=self.name, ChangeSetName=label
            )
        except AwsError as error:
            if "ChangeSetNotFound" not in str(error) and "does not exist" not in str(error):
                raise

    def refusals(
        self, changes: list[dict[str, Any]], label: str, declared: frozenset[str]
    ) -> tuple[Refusal, ...]:
        """What the gate says; a refused change set is deleted."""
        found = judge(changes, declared)
        if found:
            self._discard(label)
        return found

    def execute(self, label: str, tell: Tell) -> None:
        """Execute a change set that passed, and watch it to its end.

        Raises:
            StackFailedError: It was rolled back or got stuck.
        """
        seen = self._event_ids()
        self.account.call(
            "cloudformation", "execute_change_set", StackName=self.name, ChangeSetName=label
        )
        self.watch(tell, seen)

    def watch(self, tell: Tell, seen: set[str] | None = None) -> None:
        """Tell events as they come until no operation runs.

        Raises:
            StackFailedError: The operation failed.
        """
        known = seen if seen is not None else self._event_ids()
        while True:
            stack = self.describe()
            status = stack["StackStatus"] if stack else GONE
            self._tell(known, tell)
            if not status.endswith("_IN_PROGRESS"):
                break
            self.sleep(self.poll_s)
        if status not in ("UPDATE_COMPLETE", "CREATE_COMPLETE", "IMPORT_COMPLETE"):
            raise StackFailedError(_explained(self.name, status))

    def _events(self) -> list[dict[str, Any]]:
        """Every event of the stack, newest first."""
        return self.account.pages(
            "cloudformation", "describe_stack_events", "StackEvents", StackName=self.name
        )

    def _event_ids(self) -> set[str]:
        """Ids of the events there are now, which need not be told again."""
        return {event["EventId"] for event in self._events()}

    def _tell(self, known: set[str], tell: Tell) -> None:
        """Tell events that are new, oldest first."""
        for event in reversed(self._events()):
            if event["EventId"] not in known:
                known.add(event["EventId"])
                reason = event.get("ResourceStatusReason") or ""
                line = f"  {event['ResourceStatus']:<28} {event['LogicalResourceId']}  {reason}"
                tell(line.rstrip())


def _explained(name: str, status: str) -> str:
    """What a failed status means and the way out."""
    if status == "UPDATE_ROLLBACK_COMPLETE":
        return (
            f"The update of {name} failed and was rolled back: the stack is as it was before the "
            "step. Mend the cause above and run the same command again."
        )
    if status == "UPDATE_ROLLBACK_FAILED":
        return (
            f"The update of {name} failed, and so did its rollback (UPDATE_ROLLBACK_FAILED). "
            "Remove what hinders the resource named above, then: aws cloudformation "
            f"continue-update-rollback --stack-name {name}"
        )
    return f"The operation on {name} ended in {status}. Look at the events above."
