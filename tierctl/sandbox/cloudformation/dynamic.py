"""Dynamic references: `{{resolve:ssm:…}}` and `{{resolve:secretsmanager:…}}`.

In: properties and a function that gives boto3 clients. Out: the properties with the references
replaced by their present values. Done just before an API call, as AWS does, so a secret is never
stored in a stack.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

REFERENCE = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]+)\}\}")


def resolve_dynamic(value: Any, client: Callable[[str], Any]) -> Any:
    """Replace every dynamic reference in a value."""
    match value:
        case dict():
            return {key: resolve_dynamic(item, client) for key, item in value.items()}
        case list():
            return [resolve_dynamic(item, client) for item in value]
        case str() if "{{resolve:" in value:
            return REFERENCE.sub(lambda found: _present(found, client), value)
        case _:
            return value


def _present(found: re.Match[str], client: Callable[[str], Any]) -> str:
    service, reference = found.groups()
    if service != "secretsmanager":
        answer = client("ssm").get_parameter(Name=reference, WithDecryption=True)
        return str(answer["Parameter"]["Value"])
    # an ARN has seven parts of its own: arn:aws:secretsmanager:region:account:secret:name
    own = 7 if reference.startswith("arn:") else 1
    parts = reference.split(":")
    secret_id, rest = ":".join(parts[:own]), [*parts[own:], "", "", "", ""]
    where = {"VersionStage": rest[2], "VersionId": rest[3]}
    answer = client("secretsmanager").get_secret_value(
        SecretId=secret_id, **{key: item for key, item in where.items() if item}
    )
    text = str(answer["SecretString"])
    return str(json.loads(text)[rest[1]]) if rest[1] else text
