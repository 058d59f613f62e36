"""What a client may bring: a domain, a VPC of its own, a mailbox, office hours, its own images."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest
from cfnlint import api
from cfnlint.config import ManualArgs

from stacks import acknowledged
from tests.cdk.test_lint import nag
from tests.cdk.test_tiers import properties, variables
from tierctl.model.environment import Domain, Environment, ImportedNetwork, Schedule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cdk.conftest import Template

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000000"
ZONE = Domain(
    name="shop.example.com", hosted_zone_id="Z0123456789ABC", hosted_zone_name="example.com"
)
IMPORTED = ImportedNetwork(
    vpc_id="vpc-0a1b2c3d4e5f60718",
    public_subnet_ids=("subnet-0a000001", "subnet-0a000002", "subnet-0a000003"),
    private_subnet_ids=("subnet-0b000001", "subnet-0b000002", "subnet-0b000003"),
    isolated_subnet_ids=("subnet-0c000001", "subnet-0c000002", "subnet-0c000003"),
)
HOURS = Schedule(days=("mon", "fri"), start="08:00", stop="19:30", timezone="Europe/Berlin")


def variant(base: Environment, name: str) -> Environment:
    """The medium tier with one thing a client brings."""
    application = base.application
    match name:
        case "zone":
            application = dataclasses.replace(application, domain=ZONE)
        case "certificate":
            domain = Domain(name="shop.example.com", certificate_arn=CERTIFICATE)
            application = dataclasses.replace(application, domain=domain)
        case "mail":
            application = dataclasses.replace(application, alarm_email="ops@example.com")
        case "imported":
            placement = dataclasses.replace(base.placement, imported=IMPORTED)
            network = dataclasses.replace(base.network, source="imported")
            return dataclasses.replace(base, placement=placement, network=network)
        case "hours":
            return dataclasses.replace(base, schedule=HOURS)
        case "budget":
            told = dataclasses.replace(base.observability, monthly_budget_usd=300)
            return dataclasses.replace(base, observability=told)
        case "paths":
            web, backend = application.services
            backend = dataclasses.replace(backend, paths=("/api/*",))
            application = dataclasses.replace(application, services=(web, backend))
        case "registry":
            web, backend = application.services
            image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web:1.2"
            secrets = (("STRIPE_KEY", "shop/stripe"),)
            web = dataclasses.replace(web, image=image, secrets=secrets)
            application = dataclasses.replace(application, services=(web, backend))
    return dataclasses.replace(base, application=application)


VARIANTS = ["zone", "certificate", "mail", "imported", "hours", "budget", "paths", "registry"]


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_is_clean(
    environment_of: Callable[..., Environment],
    synthesise: Callable[[Environment], Template],
    tmp_path: Path,
    name: str,
) -> None:
    """cfn-lint and cdk-nag say of every variant what they say of the tiers: nothing new."""
    subject = variant(environment_of("medium", "production"), name)
    found = api.lint(json.dumps(synthesise(subject)), config=ManualArgs(regions=["us-east-1"]))

    assert [] == [f"{match.rule.id} {match.message}" for match in found]
    standing, accepted = nag(subject, tmp_path)
    assert set() == standing
    expected = {f"{a.logical_id} AwsSolutions-{a.rule}" for a in acknowledged.accepted(subject)}
    assert expected == accepted


def test_https_when_a_certificate_is_given(
    environment_of: Callable[..., Environment], synthesise: Callable[[Environment], Template]
) -> None:
    """Port 443 with the certificate and a TLS 1.2 floor; port 80 only sends people there."""
    template = synthesise(variant(environment_of("medium", "production"), "certificate"))

    https = properties(template, "HttpsListener")
    assert (443, "HTTPS") == (https["Port"], https["Protocol"])
    assert [{"CertificateArn": CERTIFICATE}] == https["Certificates"]
    assert "ELBSecurityPolicy-TLS13-1-2-2021-06" == https["SslPolicy"]
    http = properties(template, "HttpListener")["DefaultActions"]
    assert ["redirect"] == [action["Type"] for action in http]
    assert "https://shop.example.com" == template["Outputs"]["Url"]["Value"]


def test_a_hosted_zone_brings_certificate_and_record(
    environment_of: Callable[..., Environment], synthesise: Callable[[Environment], Template]
) -> None:
    """With a zone the certificate is made and validated, and the name leads to the balancer."""
    template = synthesise(variant(environment_of("medium", "production"), "zone"))

    assert "DNS" == properties(template, "Certificate")["ValidationMethod"]
    record = properties(template, "DomainRecord")
    assert ("A", "shop.example.com.") == (record["Type"], record["Name"])
    https = properties(template, "HttpsListener")["Certificates"]
    assert [{"CertificateArn": {"Ref": "Certificate"}}] == https


def test_an_imported_network_is_used_and_not_touched(
    environment_of: Callable[..., Environment], synthesise: Callable[[Environment], Template]
) -> None:
    """No VPC, subnet, route or NAT gateway of ours stands in somebody else's network."""
    template = synthesise(variant(environment_of("medium", "production"), "imported"))
    made = {resource["Type"] for resource in template["Resources"].values()}

    ours = {"VPC", "Subnet", "RouteTable", "Route", "NatGateway", "EIP", "InternetGateway"}
    assert made.isdisjoint({f"AWS::EC2::{kind}" for kind in ours})
    placed = properties(template, "BackendService")["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert list(IMPORTED.private_subnet_ids) == placed["Subnets"]


def test_office_hours_stop_and_start_the_tasks(
    environment_of: Callable[..., Environment], synthesise: Callable[[Environment], Template]
) -> None:
    """A schedule takes the tasks to zero in the evening and back to the Shape in the morning."""
    template = synthesise(variant(environment_of("medium", "staging"), "hours"))
    start, stop = properties(template, "WebScaling")["ScheduledActions"]

    assert "cron(0 8 ? * MON,FRI *)" == start["Schedule"]
    assert "cron(30 19 ? * MON,FRI *)" == stop["Schedule"]
    assert {"MinCapacity": 1, "MaxCapacity": 10} == start["ScalableTargetAction"]
    assert {"MinCapacity": 0, "MaxCapacity": 0} == stop["ScalableTargetAction"]
    assert {"Europe/Berlin"} == {start["Timezone"], stop["Timezone"]}


def test_secrets_never_stand_in_variables(
    environment_of: Callable[..., Environment], synthesise: Callable[[Environment], Template]
) -> None:
    """A client's secret is named in the task definition and readable by its role alone."""
    template = synthesise(variant(environment_of("medium", "production"), "registry"))
    container = properties(template, "WebTask")["ContainerDefinitions"][0]

    assert {"STRIPE_KEY", "DATABASE_SECRET"} == {s["Name"] for s in container["Secrets"]}
    assert {"STRIPE_KEY", "DATABASE_SECRET"}.isdisjoint(variables(template, "Web"))
    [stripe] = [s["ValueFrom"] for s in container["Secrets"] if s["Name"] == "STRIPE_KEY"]
    assert ":secretsmanager:us-east-1:" in json.dumps(stripe)
    other = json.dumps(properties(template, "BackendExecutionRole"))
    assert "shop/stripe" not in other
