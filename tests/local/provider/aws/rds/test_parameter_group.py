"""Parameter groups of RDS."""

from local.provider.aws.rds.parameter_group import ParameterGroup
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import failures
from tests.local.provider.aws.rds.deployments import parameter_group


def test_parameters_are_set_changed_and_dropped(aws: Connection) -> None:
    group = parameter_group(aws)

    def values() -> dict[str, str]:
        answer = aws.client("rds").describe_db_parameters(DBParameterGroupName="pg")
        return {item["ParameterName"]: item["ParameterValue"] for item in answer["Parameters"]}

    assert values()["shared_preload_libraries"] == "pg_stat_statements"
    group.update(parameters=[{"name": "log_min_duration_statement", "value": "500"}])
    assert values()["log_min_duration_statement"] == "500"
    assert not values()["shared_preload_libraries"]


def test_a_static_parameter_waits_for_a_reboot() -> None:
    parameters = [{"name": "shared_preload_libraries", "value": "x"}]
    found = failures(ParameterGroup(), {"family": "postgres17", "parameters": parameters})
    assert "pending-reboot" in found["parameters"]
