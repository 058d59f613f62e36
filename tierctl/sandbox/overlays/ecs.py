"""ECS: the capacity provider strategy of a service, which moto loses (moto 5.2.5).

In: create, update, describe and delete calls of services. Out: moto's answers with the strategy
laid over them; as on AWS, a service with a strategy shows no launch type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tierctl.sandbox.overlays.base import Context, Handler

STRATEGY = "capacityProviderStrategy"


def handlers(context: Context) -> dict[str, Handler]:
    """Return the handlers."""
    kept: dict[str, list[dict[str, Any]]] = {}

    def keep(service: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
        if params.get(STRATEGY) is not None:
            kept[service["serviceArn"]] = [
                {"weight": 0, "base": 0, **item} for item in params[STRATEGY]
            ]
        elif params.get("launchType"):
            kept.pop(service["serviceArn"], None)
        return shown(service)

    def shown(service: dict[str, Any]) -> dict[str, Any]:
        strategy = kept.get(service["serviceArn"])
        if not strategy:
            return service
        own = {key: value for key, value in service.items() if key != "launchType"}
        deployments = [{**one, STRATEGY: strategy} for one in own.get("deployments") or ()]
        return {**own, STRATEGY: strategy, "deployments": deployments}

    def call(operation: str) -> Handler:
        def handle(region: str, params: dict[str, Any]) -> dict[str, Any]:
            given = {key: value for key, value in params.items() if value is not None}
            answer = getattr(context.moto("ecs", region), operation)(**given)
            return {"service": keep(answer["service"], params)}

        return handle

    def describe(region: str, params: dict[str, Any]) -> dict[str, Any]:
        given = {key: value for key, value in params.items() if value is not None}
        answer = context.moto("ecs", region).describe_services(**given)
        return {**answer, "services": [shown(service) for service in answer["services"]]}

    def delete(region: str, params: dict[str, Any]) -> dict[str, Any]:
        given = {key: value for key, value in params.items() if value is not None}
        answer = context.moto("ecs", region).delete_service(**given)
        kept.pop(answer["service"]["serviceArn"], None)
        return {"service": answer["service"]}

    return {
        "CreateService": call("create_service"),
        "UpdateService": call("update_service"),
        "DescribeServices": describe,
        "DeleteService": delete,
    }
