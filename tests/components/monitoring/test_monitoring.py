from __future__ import annotations

import json
from typing import Any

import pytest

from handlers.common.facts import WEBHOOK_URL
from tests.pulumi_recorder import ACCOUNT_ID, Recorder, run_program

pytestmark = pytest.mark.slow

WEBHOOK = "https://hooks.slack.com/services/T000/B000/s3cr3t"


def document(text: str) -> dict[str, Any]:
    """A policy's statements by their Sid."""
    return {one["Sid"]: one for one in json.loads(text)["Statement"]}


def with_slack(stack: str = "dev") -> Recorder:
    return run_program(stack, {"slackWebhookUrl": WEBHOOK}, secret=["slackWebhookUrl"])


def test_cloudwatch_of_this_account_alone_may_use_the_topics_key(dev: Recorder) -> None:
    key = dev.one("aws:kms/key:Key", "monitoring-topic-key").inputs
    statement = document(key["policy"])["AlarmsOfThisAccount"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}
    assert key["enableKeyRotation"] is True


def test_both_topics_are_encrypted_and_take_messages_of_this_account_s_alarms_only(
    dev: Recorder,
) -> None:
    for role in ("alarms", "operations"):
        topic = dev.one("aws:sns/topic:Topic", f"monitoring-topic-{role}").inputs
        assert topic["name"] == f"aws-platform-dev-{role}"
        assert topic["kmsMasterKeyId"] == "arn:aws:::monitoring-topic-key"
        policy = dev.one("aws:sns/topicPolicy:TopicPolicy", f"monitoring-topic-{role}").inputs
        [statement] = document(policy["policy"]).values()
        assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT_ID}
        assert statement["Condition"]["ArnLike"]["aws:SourceArn"] == (
            f"arn:aws:cloudwatch:us-east-1:{ACCOUNT_ID}:alarm:*"
        )


def test_every_address_is_subscribed_to_both_topics() -> None:
    emails = ["a@example.com", "b@example.com"]
    run = run_program("dev", {"alarmEmails": emails})
    subscriptions = {
        (one.inputs["topic"].rpartition("-")[2], one.inputs["endpoint"])
        for one in run.of("aws:sns/topicSubscription:TopicSubscription")
        if one.inputs["protocol"] == "email"
    }
    assert subscriptions == {(role, email) for role in ("alarms", "operations") for email in emails}


def test_addresses_that_are_not_confirmed_are_named_in_the_outputs() -> None:
    class Unconfirmed(Recorder):
        def new_resource(self, args: Any) -> tuple[str, dict[str, Any]]:
            id_, outputs = super().new_resource(args)
            if args.typ == "aws:sns/topicSubscription:TopicSubscription":
                outputs["pendingConfirmation"] = "operations" in args.name
            return id_, outputs

    run = run_program("dev", recorder=Unconfirmed())
    assert run.outputs["unconfirmedAlarmEmails"] == ["admin@example.com (operations)"]


def test_without_a_webhook_the_notifier_exists_unsubscribed_and_an_output_says_so(
    each_run: Recorder,
) -> None:
    function = each_run.one("Function", "monitoring-slack-function-function").inputs
    assert "SLACK_WEBHOOK_SECRET_ARN" not in function["environment"]["variables"]
    protocols = {one.inputs["protocol"] for one in each_run.of("TopicSubscription")}
    assert protocols == {"email"}
    assert each_run.outputs["slackNotifications"].startswith("off: set slackWebhookUrl")


def test_with_a_webhook_the_notifier_gets_the_alarms_topic_and_nothing_else() -> None:
    run = with_slack()
    subscriptions = [
        one.inputs for one in run.of("TopicSubscription") if one.inputs["protocol"] == "lambda"
    ]
    assert [one["topic"] for one in subscriptions] == ["arn:aws:::monitoring-topic-alarms"]
    permission = run.one("aws:lambda/permission:Permission", "monitoring-slack-topic").inputs
    assert permission["principal"] == "sns.amazonaws.com"
    assert permission["sourceArn"] == "arn:aws:::monitoring-topic-alarms"
    assert permission["sourceAccount"] == ACCOUNT_ID
    assert permission["qualifier"] == "live"
    assert run.outputs["slackNotifications"] == "on"


def test_the_webhook_is_in_one_secret_and_nowhere_else() -> None:
    run = with_slack()
    holders = [
        (one.type.rpartition(":")[2], key)
        for one in run.resources
        for key, value in one.inputs.items()
        if "s3cr3t" in json.dumps(value, default=str)
    ]
    assert holders == [("SecretVersion", "secretString")]
    version = run.one("SecretVersion", "monitoring-slack-webhook-version")
    assert "secretString" in version.secret
    assert json.loads(version.inputs["secretString"]) == {WEBHOOK_URL: WEBHOOK}
    assert "s3cr3t" not in json.dumps(run.outputs, default=str)


def test_the_notifier_may_read_its_secret_and_nothing_else() -> None:
    policy = with_slack().one("RolePolicy", "monitoring-slack-function-policy").inputs["policy"]
    statements = document(policy)
    assert set(statements) == {"Logs", "Traces", "DeadLetters", "Webhook"}
    assert statements["Webhook"]["Action"] == "secretsmanager:GetSecretValue"
    assert "slack-webhook" in statements["Webhook"]["Resource"]


def test_the_alarm_about_slack_is_mailed_only(dev: Recorder) -> None:
    mailed = {
        one.name
        for one in dev.of("MetricAlarm")
        if one.inputs.get("alarmActions") == ["arn:aws:::monitoring-topic-operations"]
    }
    assert mailed == {"monitoring-alarm-slack-notifier-dead-letters"}
    [alarm] = [one for one in dev.of("MetricAlarm") if one.name in mailed]
    queue = dev.one("aws:sqs/queue:Queue", "monitoring-slack-function-dead-letters")
    assert alarm.inputs["dimensions"] == {"QueueName": queue.inputs.get("name", queue.name)}


def test_alarms_that_failed_three_times_are_kept_for_two_weeks(dev: Recorder) -> None:
    config = dev.one("FunctionEventInvokeConfig", "monitoring-slack-function-async").inputs
    assert config["maximumRetryAttempts"] == 2
    queue = dev.one("aws:sqs/queue:Queue", "monitoring-slack-function-dead-letters")
    destination = config["destinationConfig"]["onFailure"]["destination"]
    assert destination == f"arn:aws:::{queue.name}"
    assert queue.inputs["messageRetentionSeconds"] == 14 * 24 * 3600


def test_the_end_of_an_alarm_is_told_where_its_beginning_was(dev: Recorder) -> None:
    for one in [*dev.of("MetricAlarm"), *dev.of("CompositeAlarm")]:
        assert one.inputs.get("okActions") == one.inputs.get("alarmActions")


def test_business_metrics_are_fed_by_inserted_users_and_orders(dev: Recorder) -> None:
    mapping = dev.one("EventSourceMapping", "monitoring-metrics-stream").inputs
    assert mapping["eventSourceArn"].endswith("/stream")
    [one] = mapping["filterCriteria"]["filters"]
    assert json.loads(one["pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {"NewImage": {"entity": {"S": ["user", "order"]}}},
    }
    assert mapping["bisectBatchOnFunctionError"] is True
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["startingPosition"] == "TRIM_HORIZON"
    assert (mapping["maximumRetryAttempts"], mapping["maximumRecordAgeInSeconds"]) == (5, 3600)
    assert mapping["destinationConfig"] == {
        "onFailure": {"destinationArn": "arn:aws:::monitoring-metrics-dead-letters"}
    }


def test_the_metrics_function_may_read_the_stream_and_write_no_metric_itself(dev: Recorder) -> None:
    policy = dev.one("RolePolicy", "monitoring-metrics-function-policy").inputs["policy"]
    assert "PutMetricData" not in policy
    statements = document(policy)
    assert set(statements) == {"Logs", "Traces", "Stream", "Streams", "UnreadableRecords"}
    assert statements["Stream"]["Resource"].endswith("/stream")
    assert not any("Table" in name for name in statements)


def test_the_stream_has_no_more_readers_than_dynamodb_allows(dev: Recorder) -> None:
    sources = [one.inputs.get("eventSourceArn", "") for one in dev.of("EventSourceMapping")]
    sources += [one.inputs["source"] for one in dev.of("Pipe")]
    assert sum(source.endswith("/stream") for source in sources) == 2


def test_the_budget_is_by_setting_and_mails_its_warnings(dev: Recorder) -> None:
    assert not run_program("dev", {"monitoring": {}}).of("Budget")
    budget = dev.one("aws:budgets/budget:Budget").inputs
    assert (budget["limitAmount"], budget["limitUnit"]) == ("100", "USD")
    assert (budget["budgetType"], budget["timeUnit"]) == ("COST", "MONTHLY")
    assert budget["costFilters"] == [{"name": "TagKeyValue", "values": ["user:Environment$dev"]}]
    warnings = [(one["notificationType"], one["threshold"]) for one in budget["notifications"]]
    assert warnings == [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)]
    assert {tuple(one["subscriberEmailAddresses"]) for one in budget["notifications"]} == {
        ("admin@example.com",)
    }


def test_the_saved_queries_read_logs_that_exist(each_run: Recorder) -> None:
    groups = {one.inputs["name"] for one in each_run.of("aws:cloudwatch/logGroup:LogGroup")}
    queries = {one.inputs["name"]: one.inputs for one in each_run.of("QueryDefinition")}
    stack = each_run.one("aws:apigateway/stage:Stage").inputs["stageName"]
    names = ("failed-requests", "slow-requests", "one-request")
    assert set(queries) == {f"aws-platform-{stack}/{name}" for name in names}
    for query in queries.values():
        assert set(query["logGroupNames"]) <= groups
    followed = {
        name.rpartition("-")[2]
        for name in queries[f"aws-platform-{stack}/one-request"]["logGroupNames"]
    }
    assert followed == {"access", "users", "products", "orders", "authorizer", "fulfilment"}


def test_the_saved_queries_ask_for_fields_that_the_access_log_has(dev: Recorder) -> None:
    stage = dev.one("aws:apigateway/stage:Stage").inputs
    fields = set(json.loads(stage["accessLogSettings"]["format"]))
    asked = {
        "failed-requests": {
            *("httpMethod", "resourcePath", "status", "integrationStatus", "integrationError"),
            *("errorType", "authorizerError", "requestId"),
        },
        "slow-requests": {"responseLatency", "httpMethod", "resourcePath"},
        "one-request": {"requestId"},
    }
    for query in dev.of("QueryDefinition"):
        wanted = asked[query.inputs["name"].rpartition("/")[2]]
        assert wanted <= fields
        assert all(name in query.inputs["queryString"] for name in wanted)


def test_everything_of_monitoring_is_below_its_component_and_tagged(dev: Recorder) -> None:
    parents = {one.name: one.parent for one in dev.resources}

    def root(name: str) -> str:
        above = parents.get(name)
        return name if above is None or above not in parents else root(above)

    mine = [one for one in dev.resources if one.name.startswith("monitoring-")]
    assert mine
    assert {root(one.name) for one in mine} == {"monitoring"}
