"""A Price List in memory: answers get_products as AWS does, from products shaped as AWS's are.

It filters, pages and refuses empty values like the real one, so that the code under test meets the
behaviour it will meet, traps included.
"""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

TERM = "JRTCKXETXF"  # AWS's offer term code of on-demand prices
RATE = "6YS6EN2CT7"


def product(
    sku: str,
    service: str,
    attributes: dict[str, str],
    prices: list[tuple[str, str, str]],
    unit: str,
    family: str = "",
) -> dict[str, Any]:
    """Return one product; `prices` are (begin, end, USD), as the strings AWS sends."""
    dimensions = {
        f"{sku}.{TERM}.{RATE}{position}": {
            "unit": unit,
            "beginRange": begin,
            "endRange": end,
            "description": f"${usd} per {unit}",
            "appliesTo": [],
            "rateCode": f"{sku}.{TERM}.{RATE}{position}",
            "pricePerUnit": {"USD": f"{float(usd):.10f}"},
        }
        for position, (begin, end, usd) in enumerate(prices)
    }
    offer = {
        "priceDimensions": dimensions,
        "sku": sku,
        "effectiveDate": "2026-10-01T00:00:00Z",
        "offerTermCode": TERM,
        "termAttributes": {},
    }
    named = {"servicecode": service, **attributes}
    inner: dict[str, Any] = {"sku": sku, "attributes": named}
    if family:
        inner["productFamily"] = family
    return {
        "product": inner,
        "serviceCode": service,
        "terms": {"OnDemand": {f"{sku}.{TERM}": offer}},
        "version": "20261001000000",
        "publicationDate": "2026-10-01T00:00:00Z",
    }


def products_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a product for each row of a price file that has a live filter, at the file's price."""
    made = []
    for position, row in enumerate(document["items"].values()):
        if row["filter"] is None:
            continue
        told = {**row.get("expect", {}), **row["filter"]}
        attributes = {name: value.replace("*", "") for name, value in told.items()}
        family = attributes.pop("productFamily", "")
        if "regionCode" in attributes:
            attributes["location"] = document["location"]
        tiers = row.get("tiers", [{"from": "0", "up_to": None, "price": row.get("price")}])
        prices = [(tier["from"], tier["up_to"] or "Inf", tier["price"]) for tier in tiers]
        sku = row["sku"] or f"MADEUP{position:010d}"
        unit = row["unit"].partition(" (")[0]
        made.append(product(sku, row["service_code"], attributes, prices, unit, family))
    return made


def api_error(code: str) -> ClientError:
    """Return the error botocore raises for this code."""
    return ClientError({"Error": {"Code": code, "Message": "told by the fake"}}, "GetProducts")


class FakePriceList:
    """The `pricing` client; `trouble` maps the number of a call, from 1, to what it raises."""

    def __init__(
        self,
        products: list[dict[str, Any]],
        page_size: int = 2,
        trouble: dict[int, BaseException] | None = None,
    ) -> None:
        self.products = products
        self.page_size = page_size
        self.trouble = trouble or {}
        self.calls: list[dict[str, Any]] = []

    def get_products(self, **request: Any) -> dict[str, Any]:
        """Answer one page, as AWS would."""
        self.calls.append(request)
        if len(self.calls) in self.trouble:
            raise self.trouble[len(self.calls)]
        assert all(one["Value"] for one in request["Filters"]), "AWS refuses an empty value"
        matched = [one for one in self.products if self._matches(one, request)]
        start = int(request.get("NextToken", 0))
        page = {
            "FormatVersion": "aws_v1",
            "PriceList": [json.dumps(one) for one in matched[start : start + self.page_size]],
        }
        if start + self.page_size < len(matched):
            page["NextToken"] = str(start + self.page_size)
        return page

    @staticmethod
    def _matches(one: dict[str, Any], request: dict[str, Any]) -> bool:
        if one["serviceCode"] != request["ServiceCode"]:
            return False
        known = {
            **one["product"]["attributes"],
            "productFamily": one["product"].get("productFamily", ""),
        }
        return all(
            condition["Value"] in known.get(condition["Field"], "")
            if condition["Type"] == "CONTAINS"
            else known.get(condition["Field"]) == condition["Value"]
            for condition in request["Filters"]
        )
