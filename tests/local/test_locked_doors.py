"""Who reaches what of a local run: its owner everything, a page or another user nothing."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer
from selenium import webdriver

from local.aws.access import AwsAccess
from local.aws.clients import AwsClients
from local.aws.embedded_aws import EmbeddedAws
from local.page import browser as start_page
from local.provider.server import start as start_plugin
from local.session import Session
from tests.local.chromium import chromium, until
from tests.local.served_platform import Api

NOBODY = 65534
ALARM, TOPIC, QUEUE, STACK = "an-alarm", "alarms", "a-queue", "intruder"
TOPIC_ARN = f"arn:aws:sns:us-east-1:123456789012:{TOPIC}"
QUEUE_URL = f"https://sqs.us-east-1.amazonaws.com/123456789012/{QUEUE}"
TEMPLATE = {
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": STACK, "AssumeRolePolicyDocument": {"Statement": []}},
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": STACK,
                "Handler": "webbrowser.open",
                "Runtime": "python3.13",
                "Role": f"arn:aws:iam::123456789012:role/{STACK}",
                "Code": {"ZipFile": "pass"},
                "Environment": {"Variables": {"BROWSER": "touch /tmp/intruder %s"}},
            },
        },
    }
}
ALARM_STATE = {"Action": "SetAlarmState", "Version": "2010-08-01", "StateReason": "a page"}
CALLS = [
    (
        "cloudformation",
        {
            "Action": "CreateStack",
            "Version": "2010-05-15",
            "StackName": STACK,
            "TemplateBody": json.dumps(TEMPLATE),
        },
    ),
    (
        "sns",
        {
            "Action": "Subscribe",
            "Version": "2010-03-31",
            "TopicArn": TOPIC_ARN,
            "Protocol": "lambda",
            "Endpoint": f"arn:aws:lambda:us-east-1:123456789012:function:{STACK}",
        },
    ),
    ("monitoring", {**ALARM_STATE, "AlarmName": ALARM, "StateValue": "OK"}),
    ("monitoring", {**ALARM_STATE, "AlarmName": ALARM, "StateValue": "ALARM"}),
]
PAGE = """<!doctype html><title>a page</title><script>
const target = new URLSearchParams(location.search).get("target");
async function attack() {
  for (const [service, call] of %s) {
    const scope = `20260101/us-east-1/${service}/aws4_request`;
    const signature = `SignedHeaders=host, Signature=${"0".repeat(64)}`;
    const headers = {Authorization: `AWS4-HMAC-SHA256 Credential=AKIA/${scope}, ${signature}`};
    const body = new URLSearchParams(call);
    await fetch(target, {method: "POST", headers, body}).catch(() => {});
    await fetch(target, {method: "POST", mode: "no-cors", body}).catch(() => {});
  }
  await fetch(target + "/moto-api/data.json").then(
    () => document.body.append("it reads"), () => {});
  document.title = "called";
  await new Promise((go) => (window.reset = go));
  await fetch(target + "/moto-api/reset", {method: "POST", mode: "no-cors"}).catch(() => {});
  document.title = "done";
}
attack();
</script><body></body>"""


@pytest.fixture(scope="module")
def page_elsewhere() -> Iterator[str]:
    """A page of another origin that does all it can to an AWS on this machine."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = (PAGE % json.dumps(CALLS)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def access() -> Iterator[AwsAccess]:
    with EmbeddedAws() as aws:
        furnish(AwsClients(aws.access))
        yield aws.access


def furnish(clients: AwsClients) -> None:
    """Put in what a page or another user is after."""
    clients("sns").create_topic(Name=TOPIC)
    clients("sqs").create_queue(QueueName=QUEUE)
    clients("cloudwatch").put_metric_alarm(
        AlarmName=ALARM,
        MetricName="m",
        Namespace="n",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        Statistic="Sum",
        AlarmActions=[TOPIC_ARN],
    )


def contents(clients: AwsClients) -> dict[str, Any]:
    """What an attack would change."""
    alarms = clients("cloudwatch").describe_alarms()["MetricAlarms"]
    subscriptions = clients("sns").list_subscriptions()["Subscriptions"]
    return {
        "stacks": [
            one["StackName"] for one in clients("cloudformation").list_stacks()["StackSummaries"]
        ],
        "functions": [
            one["FunctionName"] for one in clients("lambda").list_functions()["Functions"]
        ],
        "subscriptions": [one["Endpoint"] for one in subscriptions],
        "alarms": {one["AlarmName"]: one["StateReason"] for one in alarms},
        "queues": len(clients("sqs").list_queues().get("QueueUrls", [])),
    }


def visit(browser: webdriver.Chrome, page: str, endpoint: str) -> None:
    browser.get(f"{page}?target={endpoint}")
    until(browser, lambda b: b.title == "called")


def reset(browser: webdriver.Chrome) -> None:
    browser.execute_script("window.reset()")
    until(browser, lambda b: b.title == "done")


def test_the_attack_is_one_where_everybody_is_let_in(
    browser: webdriver.Chrome, page_elsewhere: str
) -> None:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        clients = AwsClients(AwsAccess.new(endpoint))
        furnish(clients)
        visit(browser, page_elsewhere, endpoint)
        assert "it reads" in browser.page_source
        found = contents(clients)
        assert (found["stacks"], found["functions"]) == ([STACK], [STACK])
        assert found["subscriptions"] != []
        assert found["alarms"] == {ALARM: "a page"}
        reset(browser)
        assert contents(clients)["queues"] == 0
    finally:
        server.stop()


def test_a_page_in_a_browser_changes_and_reads_nothing(
    access: AwsAccess, browser: webdriver.Chrome, page_elsewhere: str
) -> None:
    clients = AwsClients(access)
    before = contents(clients)
    assert before["queues"] == 1
    visit(browser, page_elsewhere, access.endpoint)
    assert "it reads" not in browser.find_element("tag name", "body").text
    reset(browser)
    assert contents(clients) == before


PROTOCOLS: dict[str, tuple[str, Callable[[Any], object]]] = {
    "query": ("sns", lambda c: c.list_topics()),
    "ec2": ("ec2", lambda c: c.describe_vpcs()),
    "json": ("dynamodb", lambda c: c.list_tables()),
    "json over query": ("sqs", lambda c: c.list_queues()),
    "rest-json": ("lambda", lambda c: c.list_functions()),
    "rest-json with a body": ("apigateway", lambda c: c.create_rest_api(name="a b/é")),
    "rest-xml": ("s3", lambda c: c.list_buckets()),
    "rest-xml with a path": ("route53", lambda c: c.list_hosted_zones()),
    "rpc": ("cloudwatch", lambda c: c.describe_alarms()),
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_each_protocol_takes_the_run_s_key_and_no_other(access: AwsAccess, protocol: str) -> None:
    service, call = PROTOCOLS[protocol]
    call(AwsClients(access)(service))
    others = {
        "InvalidClientTokenId": replace(access, access_key_id=AwsAccess.new("").access_key_id),
        "SignatureDoesNotMatch": replace(access, secret_access_key="another"),
    }
    for code, other in others.items():
        with pytest.raises(ClientError) as refused:
            call(AwsClients(other)(service))
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
        if protocol.startswith("rest-xml"):
            continue
        assert refused.value.response["Error"]["Code"] == code
        assert "`make local` prints" in refused.value.response["Error"]["Message"]
    unsigned = boto3.client(
        service,
        endpoint_url=access.endpoint,
        region_name="us-east-1",
        config=Config(signature_version=UNSIGNED),
    )
    with pytest.raises(ClientError) as refused:
        call(unsigned)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_user_pools_take_unsigned_what_they_take_in_aws(access: AwsAccess) -> None:
    with EmbeddedAws("eu-central-1") as aws:
        signing = AwsClients(aws.access)("cognito-idp")
        pool = signing.create_user_pool(PoolName="people")["UserPool"]["Id"]
        client = signing.create_user_pool_client(UserPoolId=pool, ClientName="site")
        client_id = client["UserPoolClient"]["ClientId"]
        anybody = boto3.client(
            "cognito-idp",
            endpoint_url=aws.access.endpoint,
            region_name="eu-central-1",
            config=Config(signature_version=UNSIGNED),
        )
        person = {"ClientId": client_id, "Username": "ada"}
        anybody.sign_up(**person, Password="Lovelace1815!")
        # moto looks for the client of this one in the region that was called.
        anybody.forgot_password(**person)
        with pytest.raises(anybody.exceptions.ResourceNotFoundException):
            anybody.sign_up(ClientId="another", Username="eve", Password="Lovelace1815!")
        for call in (
            lambda: anybody.list_users(UserPoolId=pool),
            lambda: anybody.admin_confirm_sign_up(UserPoolId=pool, Username="ada"),
        ):
            with pytest.raises(ClientError, match="MissingAuthenticationToken"):
                call()
        users = signing.list_users(UserPoolId=pool)["Users"]
    assert [(one["Username"], one["UserStatus"]) for one in users] == [("ada", "UNCONFIRMED")]


def curl(access: AwsAccess, *arguments: str, path: str = "/") -> tuple[int, str]:
    """Status and body of a signed call by another signer than ours."""
    done = subprocess.run(
        [
            "curl",
            "--silent",
            "--noproxy",
            "*",
            "--aws-sigv4",
            "aws:amz:us-east-1:sts",
            "--user",
            f"{access.access_key_id}:{access.secret_access_key}",
            "--write-out",
            "\n%{http_code}",
            *arguments,
            access.endpoint + path,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


CALLER = ("--data", "Action=GetCallerIdentity&Version=2011-06-15")


def test_whoever_signs_is_let_in_by_loopback_names_only(access: AwsAccess) -> None:
    status, body = curl(access, *CALLER)
    assert status == 200
    assert "<Account>123456789012</Account>" in body
    port = access.endpoint.rpartition(":")[2]
    for host in (f"localhost:{port}", f"[::1]:{port}", "127.0.0.1"):
        assert curl(access, *CALLER, "--header", f"Host: {host}")[0] == 200
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "10.0.0.1"):
        assert curl(access, *CALLER, "--header", f"Host: {host}")[0] == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8000"])
def test_nothing_that_a_browser_sends_is_let_in(access: AwsAccess, origin: str) -> None:
    assert curl(access, *CALLER, "--header", f"Origin: {origin}")[0] == 403


def test_no_origin_may_read_what_is_answered(access: AwsAccess) -> None:
    for arguments in (CALLER, ("--request", "OPTIONS"), ("--header", "Origin: https://a.example")):
        _, answer = curl(access, *arguments, "--include")
        assert "access-control" not in answer.lower()


@pytest.mark.parametrize(
    "path",
    ["/moto-api/reset", "/moto-api/", "/moto-api", "/moto-api/data.json", "/%6doto-api/reset"],
)
def test_motos_own_api_is_closed_even_to_the_owner(access: AwsAccess, path: str) -> None:
    before = contents(AwsClients(access))
    assert curl(access, "--request", "POST", path=path)[0] == 403
    request = urllib.request.Request(access.endpoint + path, b"", method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 403
    assert contents(AwsClients(access)) == before


def test_the_aws_cli_works_with_what_the_run_prints(access: AwsAccess, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[profile work]\naws_access_key_id = AKIA\naws_secret_access_key = s\n")

    def aws(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(Path(sys.executable).parent / "aws"), "--output", "json", *arguments],
            env={
                "PATH": os.environ["PATH"],
                # What a person may well have in their shell.
                "AWS_PROFILE": "work",
                "AWS_CONFIG_FILE": str(config),
                "LANG": "C.UTF-8",
                "NO_PROXY": "127.0.0.1",
                **access.shown(),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    topics = json.loads(aws("sns", "list-topics").stdout)["Topics"]
    assert topics == [{"TopicArn": TOPIC_ARN}]
    # Version 1 of the CLI overlooks AWS_ENDPOINT_URL for SQS.
    sqs = ("--endpoint-url", access.endpoint, "sqs")
    sent = aws(*sqs, "send-message", "--queue-url", QUEUE_URL, "--message-body", "é +&=/%")
    assert sent.returncode == 0, sent.stderr
    assert aws("s3", "mb", "s3://a-bucket").returncode == 0
    assert aws("s3", "cp", __file__, "s3://a-bucket/a b/é+c.py").returncode == 0
    assert "é+c.py" in aws("s3", "ls", "s3://a-bucket/a b/").stdout
    refused = aws("sns", "list-topics", AWS_SECRET_ACCESS_KEY="embedded")
    assert refused.returncode != 0
    assert "SignatureDoesNotMatch" in refused.stderr
    assert "`make local` prints" in refused.stderr


def test_each_run_has_a_key_of_its_own() -> None:
    one, other = AwsAccess.new("http://a"), AwsAccess.new("http://a")
    assert one.access_key_id != other.access_key_id
    assert one.secret_access_key != other.secret_access_key
    assert one.secret_access_key not in repr(one)


@pytest.fixture
def as_nobody() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command as another user of this machine, which takes root."""
    if os.getuid():
        pytest.skip("only root can become another user")

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            cwd="/",
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.xdist_group("dev")
def test_another_user_gets_nothing_but_the_api(
    as_nobody: Callable[..., subprocess.CompletedProcess[str]],
    session: Session,
    session_file: Path,
    api: Api,
    tmp_path: Path,
) -> None:
    def status(url: str, *arguments: str) -> str:
        told = (
            "--silent",
            "--noproxy",
            "*",
            "--output",
            "/dev/null",
            "--write-out",
            "%{http_code}",
        )
        return as_nobody("curl", *told, *arguments, url).stdout

    assert status(f"{session.api_url}/health") == "200"
    assert status(session.openapi) == "200"
    origin = session.pages.origin
    for path in ("/", "/_local/session.json", "/_local/activity.json", "/_local/stack.json"):
        assert status(origin + path) == "403"
    assert status(f"{origin}/_local/slack", "--json", '{"text": "t"}') in ("403", "405")
    aws = session.pool.access.endpoint
    assert status(aws, *CALLER) == "403"
    assert status(f"{aws}/moto-api/reset", "--request", "POST") == "403"
    assert stat.S_IMODE(session_file.stat().st_mode) == 0o600
    assert as_nobody("cat", str(session_file)).returncode != 0
    secrets = (
        session.pages.token,
        session.pages.slack_secret,
        session.pool.access.secret_access_key,
        *(user.password for user in session.users.values()),
    )
    commands = as_nobody("sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '").stdout
    assert "local.aws.server" in commands
    assert not [one for one in secrets if one in commands]
    assert as_nobody("sh", "-c", "cat /proc/*/environ").stdout.find("AWS_SECRET") == -1
    assert api("GET", "/v1/products").status == 200


def test_another_user_s_calls_of_a_plugin_are_refused(tmp_path: Path) -> None:
    if os.getuid():
        pytest.skip("only root can become another user")
    program = (
        "import os, sys, grpc\n"
        "from google.protobuf import empty_pb2\n"
        "from pulumi.runtime.proto import provider_pb2_grpc\n"
        "os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))\n"
        "channel = grpc.insecure_channel('127.0.0.1:' + sys.argv[1])\n"
        "stub = provider_pb2_grpc.ResourceProviderStub(channel)\n"
        "try:\n"
        "    print(stub.GetPluginInfo(empty_pb2.Empty()).version)\n"
        "except grpc.RpcError as error:\n"
        "    print(error.code().name)\n"
    )
    server, port = start_plugin("random")

    def call(user: int) -> str:
        command = [sys.executable, "-c", program, str(port), str(user)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        assert call(NOBODY) == "PERMISSION_DENIED"
        assert call(0)[0].isdigit()
    finally:
        server.stop(None)


def test_the_browser_is_told_the_token_by_a_file_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    file = tmp_path / ".local" / "start.html"
    address = "http://127.0.0.1:8000/?token=a-secret"
    with start_page.opened(address, file):
        assert opened == [file.as_uri()]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert f"url={address}" in file.read_text()
    assert not file.exists()


@pytest.mark.xdist_group("dev")
def test_the_file_leads_a_browser_to_the_page(
    session: Session, browser: webdriver.Chrome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webbrowser.open", browser.get)
    with start_page.opened(session.start_page, tmp_path / "start.html"):
        until(browser, lambda b: "admin@example.com" in b.find_element("id", "people").text)
    assert browser.current_url == f"{session.pages.origin}/"
