"""The account: boto3 clients of one region, and what a caller may be told of failures.

The one place that makes clients. Everything else takes an `Account`, so that tests hand in one that
leads to the sandbox.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class AwsError(Exception):
    """AWS refused or could not be reached; the message says what, why and what to do."""


@dataclass(slots=True)
class Account:
    """Clients by service, made once each."""

    region: str
    make: Callable[[str], Any]
    _made: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """The client of a service in this region."""
        if service not in self._made:
            self._made[service] = self.make(service)
        return self._made[service]

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """One API call.

        Raises:
            AwsError: Whatever goes wrong, in one form; secrets are no part of it.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return dict(getattr(self.client(service), operation)(**parameters))
        except ClientError as error:
            told = error.response.get("Error", {})
            code, message = told.get("Code", "?"), told.get("Message", str(error))
            raise AwsError(f"{service} {operation}: {code}: {message}") from error
        except BotoCoreError as error:
            raise AwsError(f"{service} {operation}: {error}") from error

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> list[Any]:
        """Every item of a paginated call."""
        items: list[Any] = []
        token: dict[str, Any] = {}
        while True:
            answer = self.call(service, operation, **parameters, **token)
            items += answer.get(key, ())
            if not answer.get("NextToken"):
                return items
            token = {"NextToken": answer["NextToken"]}


def connect(region: str) -> Account:
    """The account the credentials lead to, with retries as AWS's standard mode has them."""
    import boto3
    from botocore.config import Config

    config = Config(retries={"max_attempts": 8, "mode": "standard"})
    session = boto3.session.Session(region_name=region)
    return Account(region, lambda service: session.client(service, config=config))
