"""AWS::SecretsManager::SecretTargetAttachment: the database's address, written into its secret.

In: a secret and a DB cluster, instance or proxy. Out: the secret's JSON with engine, host, port,
dbname and the identifier added, as the service does
(https://docs.aws.amazon.com/secretsmanager/latest/userguide/cfn-example_Redshift-secret.html, 2026-11).
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
