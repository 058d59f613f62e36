"""Whole types that no row can say: a secret's attachment to its database, and DNS records.

In: a provisioner and a context. Out: API calls. An attachment writes engine, host, port, dbname and
the identifier of the database into the secret's JSON, as the service does
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/
aws-resource-secretsmanager-secrettargetattachment.html, 2026-11).
"""

from __future__ import annotations

import json
from typing import Any

from tierctl.sandbox.cloudformation.made import Made


class SecretTargetAttachment:
    """The four verbs of the attachment."""

    def create(self, provisioner: Any, context: dict[str, Any]) -> Made:
        """Write the target's address into the secret."""
        self._write(provisioner, context["props"])
        return Made(context["props"]["SecretId"], {})

    def update(self, provisioner: Any, context: dict[str, Any]) -> None:
        """Write the new target's address."""
        self._write(provisioner, context["props"])

    def delete(self, provisioner: Any, context: dict[str, Any]) -> None:
        """Leave the secret as it is: AWS does not take the address out either."""

    def read(self, provisioner: Any, context: dict[str, Any]) -> dict[str, Any]:
        """Return nothing: the attachment has no record of its own."""
        del provisioner, context
        return {}

    def _write(self, provisioner: Any, props: dict[str, Any]) -> None:
        secrets = provisioner.client("secretsmanager")
        present = json.loads(secrets.get_secret_value(SecretId=props["SecretId"])["SecretString"])
        address = self._address(provisioner.client("rds"), props)
        secrets.put_secret_value(
            SecretId=props["SecretId"], SecretString=json.dumps({**present, **address})
        )

    def _address(self, rds: Any, props: dict[str, Any]) -> dict[str, Any]:
        target = props["TargetId"]
        if props["TargetType"] == "AWS::RDS::DBCluster":
            found = rds.describe_db_clusters(DBClusterIdentifier=target)["DBClusters"][0]
            address = {
                "host": found["Endpoint"],
                "port": found["Port"],
                "dbClusterIdentifier": target,
                "dbname": found.get("DatabaseName"),
            }
        elif props["TargetType"] == "AWS::RDS::DBInstance":
            found = rds.describe_db_instances(DBInstanceIdentifier=target)["DBInstances"][0]
            address = {
                "host": found["Endpoint"]["Address"],
                "port": found["Endpoint"]["Port"],
                "dbInstanceIdentifier": target,
                "dbname": found.get("DBName"),
            }
        else:
            raise ValueError(f"the sandbox cannot attach a secret to {props['TargetType']}")
        engine = found["Engine"].removeprefix("aurora-").replace("postgresql", "postgres")
        address["engine"] = engine
        return {key: value for key, value in address.items() if value is not None}


class RecordSet:
    """AWS::Route53::RecordSet: one change batch per verb."""

    def create(self, provisioner: Any, context: dict[str, Any]) -> Made:
        """Upsert the record."""
        self._change(provisioner, "UPSERT", context["props"])
        return Made(context["props"]["Name"].rstrip("."), {})

    def update(self, provisioner: Any, context: dict[str, Any]) -> None:
        """Upsert the record."""
        self._change(provisioner, "UPSERT", context["props"])

    def delete(self, provisioner: Any, context: dict[str, Any]) -> None:
        """Delete the record."""
        self._change(provisioner, "DELETE", context["props"])

    def read(self, provisioner: Any, context: dict[str, Any]) -> dict[str, Any]:
        """Return nothing: a record has no attributes."""
        del provisioner, context
        return {}

    def _change(self, provisioner: Any, action: str, props: dict[str, Any]) -> None:
        route53 = provisioner.client("route53")
        zone = props.get("HostedZoneId")
        if zone is None:
            answer = route53.list_hosted_zones_by_name(DNSName=props["HostedZoneName"])
            zone = answer["HostedZones"][0]["Id"].rsplit("/", maxsplit=1)[-1]
        outer = ("HostedZoneId", "HostedZoneName", "Comment")
        record = {key: value for key, value in props.items() if key not in outer}
        if "ResourceRecords" in record:
            record["ResourceRecords"] = [{"Value": item} for item in record["ResourceRecords"]]
        if "TTL" in record:
            record["TTL"] = int(record["TTL"])
        if "AliasTarget" in record:
            alias = {"EvaluateTargetHealth": False, **record["AliasTarget"]}
            alias["EvaluateTargetHealth"] = str(alias["EvaluateTargetHealth"]).lower() == "true"
            record["AliasTarget"] = alias
        route53.change_resource_record_sets(
            HostedZoneId=zone,
            ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]},
        )
