"""Documents that tierctl wrote, checked on their own: an Environment saved by `show`.

In: a file's bytes. Out: diagnostics. A plan joins the known kinds with the planner.
"""

from __future__ import annotations

import json

from tierctl.model.diagnostics import Diagnostic, Place, nearest
from tierctl.model.document import DocumentError, from_document
from tierctl.model.environment import Environment

DOCUMENTS = ("environment",)


def document_problems(shown: str, data: bytes) -> list[Diagnostic]:
    """A JSON document of tierctl's, checked as far as its kind is known."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        place = Place(shown, getattr(error, "lineno", 1), getattr(error, "colno", 1))
        return [_invalid(f"It is no JSON: {error}.", place)]
    kind = document.get("kind") if isinstance(document, dict) else None
    if kind not in DOCUMENTS:
        near = nearest(str(kind), DOCUMENTS) if kind else None
        return [
            Diagnostic(
                "document-unknown",
                "the document is of no known kind",
                f"Its 'kind' is {json.dumps(kind)[:60]}; known are {', '.join(DOCUMENTS)}.",
                "Name a document that tierctl wrote; a CloudFormation template wants --template.",
                place=Place(shown, 1, 1),
                suggestion=near,
            )
        ]
    try:
        from_document(Environment, document.get("environment"))
    except (DocumentError, TypeError, ValueError, RecursionError) as error:
        return [_invalid(f"{error}.", Place(shown, 1, 1))]
    return []


def _invalid(what: str, place: Place) -> Diagnostic:
    """A document that does not fit."""
    return Diagnostic(
        "document-invalid",
        "the document does not fit its kind",
        what,
        "Write it anew with the command that made it.",
        place=place,
    )
