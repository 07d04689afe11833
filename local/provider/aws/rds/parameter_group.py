"""Parameter groups of RDS."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.optional_parts import elements
from local.provider.aws.described import DescribedType, ignoring, refuse
from local.provider.aws.parameters import Table, from_answer, to_request
from local.provider.aws.rds.arns import arn
from local.provider.aws.rds.descriptions import with_description
from local.provider.aws.rds.tags import TAGGING
from local.provider.aws.rules import matching, one_of
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

NO_PARAMETER_GROUP = ("DBParameterGroupNotFound", "DBParameterGroupNotFoundFault")
MOST_PARAMETERS_PER_CALL = 20
PARAMETER: Table = {
    "name": "ParameterName",
    "value": "ParameterValue",
    "applyMethod": "ApplyMethod",
}
STATIC_PARAMETERS = frozenset(
    [
        "max_connections",
        "max_replication_slots",
        "max_wal_senders",
        "max_worker_processes",
        "rds.logical_replication",
        "shared_buffers",
        "shared_preload_libraries",
        "track_activity_query_size",
        "wal_buffers",
        "huge_pages",
        "autovacuum_max_workers",
        "max_locks_per_transaction",
    ]
)


class ParameterGroup(DescribedType):
    """`aws.rds.ParameterGroup`; the id is the name."""

    token = "aws:rds/parameterGroup:ParameterGroup"
    table = {
        "description": "Description",
        "family": "DBParameterGroupFamily",
        "name": "DBParameterGroupName",
        "parameters": ("Parameters", PARAMETER),
    }
    handled = frozenset({"skipDestroy"})
    replace_on = frozenset({"name", "family", "description"})
    tagging = TAGGING
    auto_name = AutoName(max_length=255, lower=True)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(inputs, "family", r"[a-z][a-z0-9.-]*\d", "a family such as postgres17")
        parameters: list[Properties] = elements(inputs, "parameters")
        names = [parameter["name"] for parameter in parameters if "name" in parameter]
        if len(set(names)) != len(names):
            yield CheckFailure("parameters", "one parameter is given twice")
        for parameter in parameters:
            method = {"parameters": parameter.get("applyMethod")}
            yield from one_of(method, "parameters", {"immediate", "pending-reboot"})
            if (
                parameter.get("name") in STATIC_PARAMETERS
                and parameter.get("applyMethod", "immediate") == "immediate"
            ):
                yield CheckFailure(
                    "parameters",
                    f"{parameter['name']} is static: its applyMethod is pending-reboot",
                )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        group = {name: value for name, value in inputs.items() if name != "parameters"}
        aws.client("rds").create_db_parameter_group(
            **with_description(to_request(self.table, group), "Description"),
            **self.tagged(inputs),
        )
        self._put_parameters(aws, inputs["name"], elements(inputs, "parameters"))
        return self.created(aws, inputs["name"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        rds = aws.client("rds")
        with ignoring(*NO_PARAMETER_GROUP):
            groups = rds.describe_db_parameter_groups(DBParameterGroupName=id)
            if not groups["DBParameterGroups"]:
                return None
            group: dict[str, Any] = groups["DBParameterGroups"][0]
            answer = rds.describe_db_parameters(DBParameterGroupName=id, Source="user")
            parameters = [
                from_answer(PARAMETER, parameter)
                for parameter in answer["Parameters"]
                if parameter.get("ParameterName") and parameter.get("ParameterValue")
            ]
            # A set: AWS answers in an order of its own.
            order = [item["name"] for item in elements(properties, "parameters")]
            parameters.sort(
                key=lambda item: (
                    order.index(item["name"]) if item["name"] in order else len(order),
                    item["name"],
                )
            )
            return {
                "arn": group.get("DBParameterGroupArn") or arn(aws, "pg", id),
                "name": group["DBParameterGroupName"],
                "family": group["DBParameterGroupFamily"],
                "description": group["Description"],
                "parameters": parameters,
            }
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        wanted: list[Properties] = elements(new, "parameters")
        names = {parameter["name"] for parameter in wanted}
        removed = [
            parameter for parameter in elements(old, "parameters") if parameter["name"] not in names
        ]
        if removed:
            # moto has no ResetDBParameterGroup: a parameter without value is its default.
            self._put_parameters(aws, id, [{**item, "value": ""} for item in removed])
        self._put_parameters(aws, id, wanted)
        return self.retagged(aws, id, old, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        if state.get("skipDestroy"):
            return
        rds = aws.client("rds")
        for instance in rds.describe_db_instances()["DBInstances"]:
            used = {group["DBParameterGroupName"] for group in instance["DBParameterGroups"]}
            if id in used:
                refuse(
                    "DeleteDBParameterGroup",
                    "InvalidDBParameterGroupState",
                    "One or more database instances are still members of this parameter group "
                    f"{id}, so the group cannot be deleted",
                )
        with ignoring(*NO_PARAMETER_GROUP):
            rds.delete_db_parameter_group(DBParameterGroupName=id)

    def _put_parameters(self, aws: Aws, name: str, parameters: list[Properties]) -> None:
        for start in range(0, len(parameters), MOST_PARAMETERS_PER_CALL):
            aws.client("rds").modify_db_parameter_group(
                DBParameterGroupName=name,
                Parameters=[
                    {"ApplyMethod": "immediate", **to_request(PARAMETER, parameter)}
                    for parameter in parameters[start : start + MOST_PARAMETERS_PER_CALL]
                ],
            )
