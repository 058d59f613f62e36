"""Small operations that moto does not have, each kept in a record and shown again.

In: calls of CloudWatch (composite alarms), Logs (query definitions), Backup (selections, plan
updates), Budgets (updates), Service Discovery. Out: answers as the services give them.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from moto.core.models import DEFAULT_ACCOUNT_ID

from tierctl.sandbox.overlays.base import PASS
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from tierctl.sandbox.overlays.base import Context, Handler


def handlers(context: Context) -> dict[str, dict[str, Handler]]:
    """Return the handlers by service."""
    return {
        "cloudwatch": _composite_alarms(context),
        "logs": _query_definitions(),
        "backup": _selections(context),
        "budgets": _budgets(context),
        # the cdk CLI looks here for the cause of a failed deployment
        "cloudtrail": {"LookupEvents": lambda _, __: {"Events": []}},
    }


def _given(params: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in params.items() if value is not None}


def _composite_alarms(context: Context) -> dict[str, Handler]:
    alarms: dict[tuple[str, str], dict[str, Any]] = {}

    def put(region: str, params: dict[str, Any]) -> dict[str, Any]:
        name = params["AlarmName"]
        now = context.clock.now()
        alarms[region, name] = {
            **{key: value for key, value in _given(params).items() if key != "Tags"},
            "AlarmArn": f"arn:aws:cloudwatch:{region}:{DEFAULT_ACCOUNT_ID}:alarm:{name}",
            "StateValue": "INSUFFICIENT_DATA",
            "AlarmConfigurationUpdatedTimestamp": now,
            "StateUpdatedTimestamp": now,
        }
        return {}

    def describe(region: str, params: dict[str, Any]) -> dict[str, Any]:
        names, prefix = params.get("AlarmNames"), params.get("AlarmNamePrefix") or ""
        types = params.get("AlarmTypes") or ["MetricAlarm"]
        answer: dict[str, Any] = {"MetricAlarms": [], "CompositeAlarms": []}
        if "MetricAlarm" in types:
            answer |= context.moto("cloudwatch", region).describe_alarms(**_given(params))
        if "CompositeAlarm" in types:
            answer["CompositeAlarms"] = [
                alarm
                for (where, name), alarm in alarms.items()
                if where == region and name.startswith(prefix) and (not names or name in names)
            ]
        return answer

    def delete(region: str, params: dict[str, Any]) -> Any:
        for name in params["AlarmNames"]:
            alarms.pop((region, name), None)
        return PASS

    return {"PutCompositeAlarm": put, "DescribeAlarms": describe, "DeleteAlarms": delete}


def _query_definitions() -> dict[str, Handler]:
    kept: dict[str, dict[str, Any]] = {}

    def put(_: str, params: dict[str, Any]) -> dict[str, Any]:
        name = params.get("queryDefinitionId") or str(uuid.uuid4())
        kept[name] = {**_given(params), "queryDefinitionId": name}
        return {"queryDefinitionId": name}

    def describe(_: str, params: dict[str, Any]) -> dict[str, Any]:
        prefix = params.get("queryDefinitionNamePrefix") or ""
        return {"queryDefinitions": [q for q in kept.values() if q["name"].startswith(prefix)]}

    def delete(_: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"success": kept.pop(params["queryDefinitionId"], None) is not None}

    return {
        "PutQueryDefinition": put,
        "DescribeQueryDefinitions": describe,
        "DeleteQueryDefinition": delete,
    }


def _selections(context: Context) -> dict[str, Handler]:
    kept: dict[tuple[str, str], dict[str, Any]] = {}

    def create(region: str, params: dict[str, Any]) -> dict[str, Any]:
        plan = params["BackupPlanId"]
        context.moto("backup", region).get_backup_plan(BackupPlanId=plan)
        answer = {
            "SelectionId": str(uuid.uuid4()),
            "BackupPlanId": plan,
            "CreationDate": context.clock.now(),
        }
        kept[plan, answer["SelectionId"]] = {
            **answer,
            "BackupSelection": params["BackupSelection"],
        }
        return answer

    def find(_: str, params: dict[str, Any]) -> dict[str, Any]:
        key = (params["BackupPlanId"], params["SelectionId"])
        if key not in kept:
            raise ApiError("ResourceNotFoundException", f"Selection {key[1]} does not exist.")
        return kept[key]

    def delete(region: str, params: dict[str, Any]) -> dict[str, Any]:
        find(region, params)
        del kept[params["BackupPlanId"], params["SelectionId"]]
        return {}

    def listed(_: str, params: dict[str, Any]) -> dict[str, Any]:
        found = [
            {**item, "SelectionName": item["BackupSelection"]["SelectionName"]}
            for (plan, _), item in kept.items()
            if plan == params["BackupPlanId"]
        ]
        return {"BackupSelectionsList": found}

    return {
        "CreateBackupSelection": create,
        "GetBackupSelection": find,
        "DeleteBackupSelection": delete,
        "ListBackupSelections": listed,
    }


def _budgets(context: Context) -> dict[str, Handler]:
    changed: dict[str, dict[str, Any]] = {}

    def update(region: str, params: dict[str, Any]) -> dict[str, Any]:
        name = params["NewBudget"]["BudgetName"]
        context.moto("budgets", region).describe_budget(
            AccountId=params["AccountId"], BudgetName=name
        )
        changed[name] = _given(params["NewBudget"])
        return {}

    def describe(region: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = context.moto("budgets", region).describe_budget(
            AccountId=params["AccountId"], BudgetName=params["BudgetName"]
        )
        return {"Budget": {**answer["Budget"], **changed.get(params["BudgetName"], {})}}

    def delete(_: str, params: dict[str, Any]) -> Any:
        changed.pop(params["BudgetName"], None)
        return PASS

    return {"UpdateBudget": update, "DescribeBudget": describe, "DeleteBudget": delete}
