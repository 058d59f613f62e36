"""Apply: a plan document carried out step by step, from wherever the environment stands.

In: a plan, an account, a way to synthesise. Looks where the stack stands (its template's Metadata
and the services, no journal), refuses what is no step of the plan, then for each step: change set,
gate, execute, watch, verify against the services, write the record. Killed at any point, the next
run goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tierctl.aws import actions, checks
from tierctl.aws.account import Account, AwsError
from tierctl.aws.updates import Stack
from tierctl.catalog.behaviours import behaviour
from tierctl.model.document import DocumentError, from_document
from tierctl.model.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tierctl.aws.assembly import Assembly

    Document = dict[str, Any]


class RefusedError(Exception):
    """The plan may not go on: a finding, not a failure of AWS."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the person allowed.

    Attributes:
        to_step: Stop after this step.
        irreversible: Numbers of one-way steps somebody said yes to.
        dry_run: Only print what would be done.
    """

    to_step: int | None = None
    irreversible: frozenset[int] = frozenset()
    dry_run: bool = False


@dataclass(slots=True)
class Run:
    """One application of a plan."""

    plan: Document
    account: Account
    synthesise: Callable[[int], Assembly]
    recorded: Callable[[Environment], None]
    tell: Callable[[str], None]
    stack: Stack

    def position(self) -> int:
        """The last step that is done; 0 is the start.

        Raises:
            RefusedError: The stack is at no step of this plan.
            AwsError: It cannot be read.
        """
        found = self.stack.describe()
        if found is None:
            raise RefusedError(
                f"There is no stack {self.stack.name} in {self.account.region}. "
                "Deploy the first size with: npx cdk deploy"
            )
        if found["StackStatus"].endswith("_IN_PROGRESS"):
            self.tell("An operation is running, of a run that was stopped: waiting for its end.")
            self.stack.watch(self.tell)
        number = self._by_template()
        for step in self.plan["steps"][number:]:
            if step["kind"] == "update" or not self._done(step):
                break
            number = step["number"]
        return number

    def _by_template(self) -> int:
        """The last update whose template stands, by the Environment in its Metadata."""
        metadata = self.stack.template().get("Metadata", {}).get("tierctl", {})
        standing = _environment(metadata.get("environment"))
        for step in reversed(self.plan["steps"]):
            if step["kind"] == "update" and _environment(step["after"]) == standing:
                return int(step["number"])
        if standing is not None and _environment(self.plan["start"]) == standing:
            return 0
        raise RefusedError(
            f"{self.stack.name} stands at no step of this plan: somebody changed it since, or "
            "the plan is another environment's. Make a new plan from where it stands."
        )

    def _done(self, step: Document) -> bool:
        """Whether an action or wait needs no doing."""
        return step["kind"] == "action" and actions.is_done(self.account, self.stack.name, step)

    def carry_out(self, options: Options) -> int:
        """Go on to the end, or to the step that was asked for; returns the last step done.

        Raises:
            RefusedError: The gate, the services or a missing yes stops the plan.
            AwsError: AWS failed.
        """
        number = self.position()
        last = options.to_step if options.to_step is not None else len(self.plan["steps"])
        self.tell(f"{self.stack.name} stands at step {number} of {len(self.plan['steps'])}.")
        if not options.dry_run:
            self.stack.protect()
        for step in self.plan["steps"][number:last]:
            self._one(step, options)
            number = int(step["number"])
        return number

    def _one(self, step: Document, options: Options) -> None:
        """One step."""
        number = step["number"]
        self.tell(f"Step {number}: {step['title']}")
        if not step["reversible"] and number not in options.irreversible:
            raise RefusedError(
                f"Step {number} cannot be taken back and nobody said yes to it. "
                f"Run again with: --yes-irreversible {number}"
            )
        if options.dry_run:
            self.tell(f"  would {step['kind']}; down {step['downtime_s'][0]} to "
                      f"{step['downtime_s'][1]} s")  # fmt: skip
            return
        match step["kind"]:
            case "update":
                self._update(step)
            case "action":
                stack = self.stack
                done = actions.perform(self.account, stack.name, step, stack.sleep, stack.poll_s)
                self.tell(f"  {done}")
            case "wait":
                raise RefusedError(
                    f"Step {number} waits {step['duration_s'][1]} s. Run the same command then; "
                    "it goes on from here."
                )
            case other:
                raise RefusedError(f"Step {number} is '{other}': do it as the runbook says.")

    def _update(self, step: Document) -> None:
        """A stack update through the gate, verified, recorded."""
        number, label = step["number"], f"tierctl-step-{step['number']}"
        assembly = self.synthesise(number)
        changes = self.stack.propose(assembly, label)
        if changes is None:
            self.tell("  nothing differs")
        else:
            declared = {d for row in step["because"] for d in behaviour(row["rule"]).declares}
            refusals = self.stack.refusals(changes, label, frozenset(declared))
            if refusals:
                told = "\n".join(f"  - {refusal}" for refusal in refusals)
                raise RefusedError(f"The gate refuses step {number}; nothing was changed:\n{told}")
            self.stack.execute(label, self.tell)
        after = from_document(Environment, step["after"])
        wrong = checks.differences(self.account, after)
        if wrong:
            told = "\n".join(f"  - {sentence}" for sentence in wrong)
            raise AwsError(
                f"CloudFormation calls step {number} done, and the services are not there:\n{told}"
            )
        self.recorded(after)


def _environment(document: Any) -> Environment | None:
    """The Environment of a document, or None when it is none.

    Compared as records, for the CDK leaves keys without a value out of the template.
    """
    try:
        return from_document(Environment, document)
    except (DocumentError, TypeError, ValueError):
        return None


def final_environment(plan: Document) -> Environment:
    """Where the plan ends."""
    document = plan["steps"][-1]["after"] if plan["steps"] else plan["start"]
    return from_document(Environment, document)
