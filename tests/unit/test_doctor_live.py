"""What `doctor --live` makes of AWS's answers; the client is handed in."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from tierctl.cli.doctor_checks import Check, live_checks


class Stacks:
    """A CloudFormation that knows a bootstrap stack and some policies."""

    def __init__(self, policies: dict[str, str | None], *, bootstrap: bool = True) -> None:
        self.policies = policies
        self.bootstrap = bootstrap

    def describe_stacks(self, **asked: str) -> dict[str, Any]:
        """The bootstrap stack, or AWS's words when there is none."""
        assert asked == {"StackName": "CDKToolkit"}
        if not self.bootstrap:
            raise _error("ValidationError", "Stack with id CDKToolkit does not exist")
        outputs = [{"OutputKey": "BootstrapVersion", "OutputValue": "30"}]
        return {"Stacks": [{"Outputs": outputs}]}

    def get_stack_policy(self, **asked: str) -> dict[str, Any]:
        """A stack's policy, which AWS leaves out when there is none."""
        name = asked["StackName"]
        if name not in self.policies:
            raise _error("ValidationError", f"Stack [{name}] does not exist")
        policy = self.policies[name]
        return {"StackPolicyBody": policy} if policy else {}


def _error(code: str, message: str) -> ClientError:
    """An answer of AWS's that is an error."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "Call")


def statuses(checks: list[Check]) -> list[tuple[str, str]]:
    """Names and statuses."""
    return [(check.name, check.status) for check in checks]


def test_a_fit_account_passes() -> None:
    """Bootstrapped, and the recorded stack has a policy."""
    found = list(live_checks(lambda _: Stacks({"shop": "{}"}), "eu-west-1", ["shop"]))
    assert statuses(found) == [("bootstrap", "ok"), ("stack-policy", "ok")]
    assert "30" in found[0].found


def test_no_bootstrap_and_no_policy_are_told_with_what_to_do() -> None:
    """A missing bootstrap is an error, a missing policy a warning, a lost stack an error."""
    stacks = Stacks({"shop": None}, bootstrap=False)
    found = list(live_checks(lambda _: stacks, "eu-west-1", ["shop", "lost"]))
    assert statuses(found) == [
        ("bootstrap", "error"),
        ("stack-policy", "warning"),
        ("stack-policy", "error"),
    ]
    assert "cdk bootstrap aws://ACCOUNT/eu-west-1" in found[0].fix
    assert "set-stack-policy" in found[1].fix


@pytest.mark.parametrize("error", [NoCredentialsError(), _error("AccessDenied", "not allowed")])
def test_no_answer_is_an_error_and_ends_the_asking(error: Exception) -> None:
    """Without credentials or permission the first answer is the last."""

    def refuse(region: str | None) -> Any:
        del region
        raise error

    found = list(live_checks(refuse, None, ["shop"]))
    assert statuses(found) == [("bootstrap", "error")]
