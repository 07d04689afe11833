"""The API as two AWS serve it that have nothing in common: ours, and MiniStack.

What our gateway believes of API Gateway we have read in the documentation; so have those who wrote
MiniStack. Where both answer a request alike, nobody misread it, or both did. Where they differ, a
row of `differences.py` says who is right, and by which page.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from packaging.tags import platform_tags

from components.shared import lambda_code
from local.aws.clients import AwsClients
from local.aws.ministack import MiniStack
from local.checkout import CHECKOUT
from local.engine.deployment import Deployment, open_deployment
from local.functions.code import packages
from local.functions.configuration import DeployedFunctions
from local.functions.functions import Functions
from local.gateway.deployed_api import deployed_api
from local.gateway.gateway import Gateway
from local.session import UserPool, sign_up_people
from tests.pulumi_recorder import STACK_FILES
from tests.second_aws.differences import known_differences, table
from tests.second_aws.scenario import steps
from tests.second_aws.sides import Comparable, Side, forged_tokens
from tests.second_aws.step import Step

# Both deployments are for all of it.
pytestmark = pytest.mark.xdist_group("api of a second AWS")

Answers = list[tuple[Step, Comparable, Comparable]]

HEADING = "| asked for | ours | MiniStack's | right | by |"
DIRECT_SIGN_IN = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


@pytest.fixture(scope="module")
def code_for_this_machine() -> Iterator[None]:
    """The layer with packages that run here: MiniStack runs functions on its own Python."""
    with pytest.MonkeyPatch.context() as patch:
        folder: Path = lambda_code.BUILD_FOLDER / "this-machine"
        folder.mkdir(parents=True, exist_ok=True)
        patch.setattr(lambda_code, "BUILD_FOLDER", folder)
        patch.setattr(lambda_code, "PYTHON_VERSION", f"{sys.version_info[0]}.{sys.version_info[1]}")
        patch.setattr(lambda_code, "WHEEL_PLATFORMS", tuple(platform_tags()))
        yield


@pytest.fixture(scope="module")
def theirs(code_for_this_machine: None) -> Iterator[Side]:
    """The dev stack, deployed to MiniStack, which serves it."""
    with open_deployment("dev", stack_files=STACK_FILES, start_aws=MiniStack) as deployment:
        deployment.up()
        api_id = deployment.outputs()["apiUrl"].removeprefix("https://").partition(".")[0]
        address = deployment.aws.access.endpoint.removeprefix("http://")
        yield _side(deployment, address, host=f"{api_id}.execute-api.{address}")


@pytest.fixture(scope="module")
def ours() -> Iterator[Side]:
    """The dev stack, deployed to our embedded AWS and served by our gateway.

    Nothing reads event sources, there as here: an order that is confirmed meanwhile would differ.
    """
    with contextlib.ExitStack() as stack:
        deployment = stack.enter_context(open_deployment("dev", stack_files=STACK_FILES))
        deployment.up()
        export, clients = deployment.export(), AwsClients(deployment.aws.access)
        functions = stack.enter_context(
            Functions(
                DeployedFunctions(clients),
                deployment.aws.access.environment(),
                packages=packages(export),
            )
        )
        gateway = stack.enter_context(Gateway(deployed_api(export, clients), functions))
        gateway.start()
        yield _side(deployment, gateway.origin.removeprefix("http://"))


@pytest.fixture(scope="module")
def their_answers(theirs: Side) -> Iterator[Future[list[Comparable]]]:
    """Its answers to all requests, under way while ours is deployed."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(theirs.answers, steps())


@pytest.fixture(scope="module")
def compared(their_answers: Future[list[Comparable]], ours: Side) -> Answers:
    """All requests with the answers of both."""
    sent = steps()
    return list(zip(sent, ours.answers(sent), their_answers.result(), strict=True))


def test_both_answer_alike_but_for_the_known_differences(compared: Answers) -> None:
    expected = known_differences()
    wrong: list[str] = []
    for step, one, other in compared:
        found, known = one.differences(other), expected.pop(step.name, frozenset[str]())
        for part in sorted(known - found.keys()):
            wrong.append(f"{step.name}: {part} is the same by now")
        for part in sorted(found.keys() - known):
            here, there = (json.dumps(value, ensure_ascii=False) for value in found[part])
            wrong.append(f"{step.name}: {part}\n  ours      {here}\n  MiniStack {there}")
    wrong += [f"{name} is no request" for name in expected]
    assert not wrong, "\n".join((f"{len(wrong)} of {len(compared)} requests:", *wrong))


def test_a_good_part_of_the_requests_succeeds(compared: Answers) -> None:
    """Two that refuse everything are alike as well."""
    statuses = [(one.parts["status"], other.parts["status"]) for _, one, other in compared]
    for status in (200, 201, 204):
        assert statuses.count((status, status)) >= 5


def test_the_document_shows_every_difference() -> None:
    document = (CHECKOUT / "docs" / "second-aws-api.md").read_text(encoding="utf-8")
    _, _, below = document.partition(f"{HEADING}\n")
    rows = [line for line in below.partition("\n\n")[0].splitlines() if line.startswith("| ")]
    assert rows == table()


def _side(deployment: Deployment, address: str, host: str | None = None) -> Side:
    outputs, access = deployment.outputs(), deployment.aws.access
    pool_id, client_id = outputs["userPoolId"], outputs["userPoolClientId"]
    pool = UserPool(access=access, pool_id=pool_id, client_id=client_id)
    people = sign_up_people(pool)
    user = people["user"]
    cognito: Any = AwsClients(access)("cognito-idp")

    def other_client(of: str) -> UserPool:
        client = cognito.create_user_pool_client(
            UserPoolId=of, ClientName="another", ExplicitAuthFlows=DIRECT_SIGN_IN
        )
        other_id = client["UserPoolClient"]["ClientId"]
        return UserPool(access=access, pool_id=of, client_id=other_id)

    signed_in = cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user.email, "PASSWORD": user.password},
    )
    other_pool = cognito.create_user_pool(PoolName="another")["UserPool"]["Id"]
    stranger = other_client(other_pool).sign_up("stranger@example.com", "Sam")
    return Side(
        address=address,
        host=host,
        stage=deployment.workspace.stack,
        names={
            "key": outputs["apiKey"],
            "admin_token": people["admin"].access_token,
            "user_token": user.access_token,
            "id_token": signed_in["AuthenticationResult"]["IdToken"],
            "client_token": other_client(pool_id).access_token(user.email, user.password),
            "pool_token": stranger.access_token,
            **forged_tokens(user.access_token),
        },
        subs={"user_sub": user.sub, "admin_sub": people["admin"].sub},
    )
