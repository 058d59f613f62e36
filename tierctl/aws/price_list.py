"""The AWS Price List: ask get_products, and read what it answers.

In: a boto3 `pricing` client (or a fake with the same method) and one request.
Out: `Product`s with their on-demand tiers; `PriceListError` when AWS did not answer.
May not: decide whether a product is the wanted one (`price_traps`, `price_refresh`), or write.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

from tierctl.catalog.pricing_rows import Tier
from tierctl.model.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tierctl.catalog.pricing_rows import ProductFilter

# Where the Price List API is served, read from botocore 1.43.11's endpoint data; another name
# builds a host that does not exist.
ENDPOINT_REGIONS = ("us-east-1", "eu-central-1", "ap-south-1")

_PASSING = frozenset(
    {
        "ThrottlingException",
        "Throttling",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "InternalErrorException",
        "InternalServerError",
        "ServiceUnavailable",
        "ServiceUnavailableException",
    }
)
_STALE_PAGE = frozenset({"ExpiredNextTokenException", "InvalidNextTokenException"})
_REFUSED = frozenset(
    {"InvalidParameterException", "NotFoundException", "ResourceNotFoundException"}
)
_PAGE_SIZE = 100  # the largest that get_products allows


class PricingClient(Protocol):
    """The one method of boto3's `pricing` client that is used."""

    def get_products(self, **request: Any) -> Mapping[str, Any]:
        """Return one page of products."""


class PriceListError(Exception):
    """AWS gave no usable answer."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.what)
        self.diagnostic = diagnostic


class QueryRefusedError(PriceListError):
    """AWS understood who asks and refused what is asked; other queries may do."""


@dataclass(frozen=True, slots=True)
class Request:
    """One query of the Price List."""

    service_code: str
    filters: tuple[ProductFilter, ...]

    def arguments(self) -> dict[str, Any]:
        """Return it as get_products takes it; an empty value, which AWS refuses, is not sent."""
        if any(not one.value for one in self.filters):
            names = ", ".join(one.field for one in self.filters if not one.value)
            raise ValueError(f"empty filter value for {names}: the API needs one character")
        return {
            "ServiceCode": self.service_code,
            "Filters": [
                {"Type": one.type, "Field": one.field, "Value": one.value} for one in self.filters
            ],
            "FormatVersion": "aws_v1",
            "MaxResults": _PAGE_SIZE,
        }

    def __str__(self) -> str:
        parts = (
            f"{one.field}{'~' if one.type != 'TERM_MATCH' else '='}{one.value}"
            for one in self.filters
        )
        return f"{self.service_code} with {', '.join(parts)}"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to bear with AWS: full-jitter exponential backoff.

    The shape is the one AWS recommends ("Exponential Backoff And Jitter", AWS Architecture Blog,
    2015): a random wait between nothing and a limit that doubles.
    """

    sleep: Callable[[float], None]
    jitter: Callable[[], float]  # a number from 0 up to 1
    attempts: int = 8
    first_s: float = 0.5
    longest_s: float = 30.0

    def wait(self, attempt: int) -> None:
        """Wait before the attempt after this one, counted from 0."""
        self.sleep(self.jitter() * min(self.longest_s, self.first_s * 2.0**attempt))


@dataclass(frozen=True, slots=True)
class Product:
    """One product of the Price List with its on-demand price."""

    sku: str
    service_code: str
    attributes: Mapping[str, str] = field(hash=False)  # productFamily among them
    unit: str
    tiers: tuple[Tier, ...]
    problem: str | None = None  # why it has no price that can be used

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def __str__(self) -> str:
        price = self.problem or " / ".join(f"{tier.price.normalize():f}" for tier in self.tiers)
        known = (self["usagetype"], self["operation"], price, self.unit)
        return f"{self.sku} ({', '.join(part for part in known if part)})"


def ask(client: PricingClient, request: Request, patience: Patience) -> tuple[str, ...]:
    """Return every product that matches, as the JSON texts AWS sends, over all pages."""
    attempt = 0
    while True:
        try:
            return _all_pages(client, request)
        except (ClientError, HTTPClientError, NoConnectionError) as error:
            attempt += 1
            if not _may_pass(error) or attempt >= patience.attempts:
                raise _failed(request, error, attempt) from error
            patience.wait(attempt - 1)
        except BotoCoreError as error:
            raise _failed(request, error, attempt + 1) from error


def product_from(text: str) -> Product:
    """Return the product of one `PriceList` item."""
    try:
        item = json.loads(text)
        attributes = {"productFamily": item["product"].get("productFamily", "")}
        attributes |= item["product"].get("attributes", {})
        unit, tiers, problem = _on_demand(item.get("terms", {}))
        return Product(
            sku=item["product"]["sku"],
            service_code=attributes.get("servicecode") or item.get("serviceCode", ""),
            attributes=attributes,
            unit=unit,
            tiers=tiers,
            problem=problem,
        )
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise PriceListError(
            Diagnostic(
                rule="price-list-answer",
                summary="AWS answered in another form",
                what=f"A product cannot be read: {type(error).__name__}: {error}.",
                fix=f"Compare with product_from in {__name__}; it begins {text[:80]!r}.",
            )
        ) from error


def _all_pages(client: PricingClient, request: Request) -> tuple[str, ...]:
    arguments = request.arguments()
    found: list[str] = []
    seen: set[str] = set()
    while True:
        page = client.get_products(**arguments)
        found += page.get("PriceList", [])
        token = page.get("NextToken")
        if not token or token in seen:  # a token given twice would page for ever
            return tuple(found)
        seen.add(token)
        arguments["NextToken"] = token


def _on_demand(terms: Any) -> tuple[str, tuple[Tier, ...], str | None]:
    """Return unit, tiers and what speaks against them."""
    offers = list(terms.get("OnDemand", {}).values())
    if len(offers) != 1:
        return "", (), "no on-demand price" if not offers else f"{len(offers)} on-demand offers"
    dimensions = list(offers[0]["priceDimensions"].values())
    units = sorted({dimension["unit"] for dimension in dimensions})
    if len(units) != 1:
        return "", (), f"{len(units)} units in one price"
    if any("USD" not in dimension["pricePerUnit"] for dimension in dimensions):
        return units[0], (), "no price in USD"
    tiers = sorted(
        (
            Tier(
                start=Decimal(dimension.get("beginRange") or 0),
                end=_end(dimension.get("endRange")),
                price=Decimal(dimension["pricePerUnit"]["USD"]),
            )
            for dimension in dimensions
        ),
        key=lambda tier: tier.start,
    )
    return units[0], tuple(tiers), None


def _end(text: str | None) -> Decimal | None:
    return None if text in (None, "", "Inf") else Decimal(text)


def _code(error: Exception) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def _may_pass(error: Exception) -> bool:
    if isinstance(error, HTTPClientError | NoConnectionError):
        return True
    return _code(error) in _PASSING | _STALE_PAGE


def _failed(request: Request, error: Exception, attempts: int) -> PriceListError:
    code = _code(error)
    kind = PriceListError
    if code in _REFUSED:
        kind = QueryRefusedError
        fix = "Look up the attribute names of the service with get_attribute_values."
    elif code in {"NoCredentialsError", "PartialCredentialsError"}:
        fix = "Sign in (for example `aws sso login`) and run again with --resume."
    elif code in {"AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException"}:
        fix = "The credentials need pricing:GetProducts and must not have expired."
    else:
        fix = "Run again with --resume; answers already given are not asked for again."
    return kind(
        Diagnostic(
            rule="price-list-unreachable",
            summary="AWS did not answer",
            what=f"get_products for {request} failed after {attempts} attempt(s): {code}: {error}",
            fix=fix,
        )
    )
