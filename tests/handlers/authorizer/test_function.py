from __future__ import annotations

import importlib
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import boto3
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from moto.server import ThreadedMotoServer

from handlers.authorizer.domain import TokenVerifier
from handlers.authorizer.key_set import KeySetUnavailable

METHOD_ARN = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/v1/users/me"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool"


class Keys:
    def __init__(self) -> None:
        self.down = False

    def find(self, key_id: str) -> rsa.RSAPublicKey:
        if self.down:
            raise KeySetUnavailable
        return KEY.public_key()


@pytest.fixture
def authorizer(function_environment: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("USER_POOL_CLIENT_ID", "client")
    module = importlib.import_module("handlers.authorizer.function")
    monkeypatch.setattr(
        module, "verifier", TokenVerifier(issuer=ISSUER, client_id="client", keys=Keys())
    )
    return module


def event(headers: Any) -> dict[str, Any]:
    """Shape: "Input to an API Gateway Lambda authorizer", REQUEST type."""
    return {
        "type": "REQUEST",
        "methodArn": METHOD_ARN,
        "resource": "/v1/users/{userId}",
        "path": "/v1/users/me",
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "queryStringParameters": {},
        "pathParameters": {"userId": "me"},
        "stageVariables": {},
        "requestContext": {"requestId": "a-request", "stage": "prod"},
    }


def access_token(**changes: Any) -> str:
    claims = {
        "sub": "someone",
        "iss": ISSUER,
        "client_id": "client",
        "token_use": "access",
        "exp": int(time.time()) + 60,
        **changes,
    }
    return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "k"})


@pytest.mark.parametrize("header", ["Authorization", "authorization", "AUTHORIZATION"])
def test_a_valid_token_opens_the_whole_stage(authorizer: Any, header: str) -> None:
    answer = authorizer.lambda_handler(event({header: f"Bearer {access_token()}"}), None)
    assert answer["principalId"] == "someone"
    assert answer["policyDocument"]["Statement"][0]["Resource"].endswith("/prod/*")


@pytest.mark.parametrize(
    "headers", [None, {}, {"Authorization": ""}, {"Authorization": "Bearer a.b.c"}]
)
def test_anything_else_is_unauthorized(authorizer: Any, headers: Any) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorizer.lambda_handler(event(headers), None)


def test_an_outage_of_the_keys_is_neither_allow_nor_unauthorized(authorizer: Any) -> None:
    authorizer.verifier.keys.down = True
    with pytest.raises(KeySetUnavailable):
        authorizer.lambda_handler(event({"Authorization": f"Bearer {access_token()}"}), None)


def test_the_log_holds_neither_token_nor_subject(
    authorizer: Any, log: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = access_token(), access_token(token_use="id")
    authorizer.lambda_handler(event({"Authorization": f"Bearer {good}"}), None)
    with pytest.raises(Exception, match="Unauthorized"):
        authorizer.lambda_handler(event({"Authorization": f"Bearer {bad}"}), None)
    logged = log()
    assert "not an access token" in logged
    assert not any(part in logged for part in (*good.split("."), *bad.split("."), "someone"))


def test_the_issuer_is_aws_s_wherever_the_keys_come_from(authorizer: Any) -> None:
    environment = {"USER_POOL_ID": "eu-west-1_abc", "USER_POOL_CLIENT_ID": "client"}
    at_aws = authorizer.token_verifier(environment)
    local = authorizer.token_verifier({**environment, "AWS_ENDPOINT_URL": "http://127.0.0.1:5000/"})
    one = authorizer.token_verifier(
        {
            **environment,
            "AWS_ENDPOINT_URL": "http://127.0.0.1:5000",
            "AWS_ENDPOINT_URL_COGNITO_IDP": "http://127.0.0.1:6000",
        }
    )
    issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc"
    assert {at_aws.issuer, local.issuer, one.issuer} == {issuer}
    well_known = "eu-west-1_abc/.well-known/jwks.json"
    assert at_aws.keys._url == f"{issuer}/.well-known/jwks.json"
    assert local.keys._url == f"http://127.0.0.1:5000/{well_known}"
    assert one.keys._url == f"http://127.0.0.1:6000/{well_known}"


@pytest.fixture
def cognito_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_a_token_of_a_real_sign_in_is_accepted(
    authorizer: Any, cognito_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cognito = boto3.client("cognito-idp", endpoint_url=cognito_url)
    pool = cognito.create_user_pool(PoolName="users", UsernameAttributes=["email"])["UserPool"][
        "Id"
    ]
    client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="web")
    client_id = client["UserPoolClient"]["ClientId"]
    user = cognito.admin_create_user(UserPoolId=pool, Username="ada@example.com")["User"]
    cognito.admin_set_user_password(
        UserPoolId=pool, Username="ada@example.com", Password="Secret-1234", Permanent=True
    )
    cognito.create_group(UserPoolId=pool, GroupName="admin")
    cognito.admin_add_user_to_group(UserPoolId=pool, Username="ada@example.com", GroupName="admin")
    tokens = cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ada@example.com", "PASSWORD": "Secret-1234"},
    )["AuthenticationResult"]
    verifier = authorizer.token_verifier(
        {
            "USER_POOL_ID": pool,
            "USER_POOL_CLIENT_ID": client_id,
            "AWS_ENDPOINT_URL": cognito_url,
        }
    )
    monkeypatch.setattr(authorizer, "verifier", verifier)
    answer = authorizer.lambda_handler(
        event({"Authorization": f"Bearer {tokens['AccessToken']}"}), None
    )
    assert answer["context"] == {"sub": user["Username"], "groups": "admin"}
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorizer.lambda_handler(event({"Authorization": f"Bearer {tokens['IdToken']}"}), None)


def test_neither_boto3_nor_pydantic_is_loaded() -> None:
    script = (
        "import sys, handlers.authorizer.function\n"
        "print(sorted({'boto3', 'botocore.session', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={
            "USER_POOL_ID": "us-east-1_x",
            "USER_POOL_CLIENT_ID": "c",
            "POWERTOOLS_SERVICE_NAME": "authorizer",
            "PYTHONPATH": ":".join(sys.path),
        },
        cwd=__file__.rsplit("/tests/", 1)[0],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
