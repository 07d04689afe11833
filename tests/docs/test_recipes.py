"""The recipes are complete: each is followed in a copy of the tree, in which all checks pass then.

The edits are the smallest that each recipe may mean. What they change, and what the commands change
after them, must be named in the recipe.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tree_copy import ROOT, TreeCopy

pytestmark = [pytest.mark.slow, pytest.mark.life]

RECIPES = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")


class Recipe:
    """One section of the recipes, followed in a copy of the tree.

    Args:
        folder: where the copy is made.
        title: heading of the section.
        names: what its placeholders stand for, such as `<function>`.
    """

    def __init__(self, folder: Path, title: str, **names: str) -> None:
        self._folder = folder
        _, found, after = RECIPES.partition(f"\n## {title}\n")
        assert found, f"docs/recipes.md has no section {title}"
        self.text = after.partition("\n## ")[0]
        for name, meaning in names.items():
            self.text = self.text.replace(f"<{name}>", meaning)
        self._tree = TreeCopy(folder)

    def write(self, file: str, text: str) -> None:
        """Add a file."""
        path = self._folder / file
        assert not path.exists(), f"{file} is there already"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, file: str, anchor: str, text: str) -> None:
        """Put text in the place of an anchor, which stands once in the file."""
        path = self._folder / file
        content = path.read_text(encoding="utf-8")
        assert content.count(anchor) == 1, f"{file} has {content.count(anchor)} times {anchor!r}"
        path.write_text(content.replace(anchor, text), encoding="utf-8")

    def insert(self, file: str, text: str, *, before: str = "", after: str = "") -> None:
        """Put text before or after an anchor, which stands once in the file."""
        self.replace(file, before or after, f"{after}{text}{before}")

    def append(self, file: str, text: str) -> None:
        """Put text at the end of a file."""
        with (self._folder / file).open("a", encoding="utf-8") as stream:
            stream.write(text)

    def check(self) -> None:
        """Run the document writers, the linters and the recipe's own tests; all must pass."""
        self._tree.run("python", "-m", "tools.openapi")
        self._tree.run("python", "-m", "tools.settings")
        self._tree.run("ruff", "check", ".")
        self._tree.run("ruff", "format", "--check", ".")
        self._tree.run("pyright")
        self._tree.run("lint-imports", "--no-cache")
        commands = re.findall(r'^make test T="(.+)"$', self.text, re.MULTILINE)
        assert len(commands) == 1, "the recipe says which tests show that it is done"
        self._tree.run("python", "-m", "pytest", "-q", "-m", "not life", *shlex.split(commands[0]))
        unnamed = [name for name in self._tree.changed() if f"`{name}`" not in self.text]
        assert unnamed == [], "the recipe names every file that changes"


@pytest.fixture
def recipe(tmp_path: Path) -> Callable[..., Recipe]:
    def begin(title: str, **names: str) -> Recipe:
        return Recipe(tmp_path, title, **names)

    return begin


def test_add_a_route(recipe: Callable[..., Recipe]) -> None:
    followed = recipe("Add a route", function="users")
    followed.insert(
        "handlers/common/routes.py",
        """\
    Route(
        method="GET",
        path="/v1/users/{userId}/name",
        operation="getUserName",
        function="users",
        access=Access.SIGNED_IN,
        summary="Read a user's name",
        description="Users read their own name, admins everyone's.",
        answer="UserName",
        refusals=(404,),
    ),
""",
        before="""\
    Route(
        method="PUT",
        path="/v1/users/{userId}",
""",
    )
    followed.insert(
        "tests/contract/test_gateway_methods.py",
        """\
        "/v1/users/{userId}/name": {"GET", "OPTIONS"},
""",
        before="""        "/v1/products": {""",
    )
    followed.insert(
        "handlers/users/domain.py",
        '''\
class UserName(Model):
    """A user's name as answered."""

    given_name: Name
    family_name: Name


''',
        before="class UserPage(",
    )
    followed.insert("handlers/users/api.py", "    UserName,\n", before="    UserPage,\n")
    followed.insert(
        "handlers/users/api.py",
        """\
@api.route("getUserName")
def read_name(user_id: str) -> UserName:
    user = users.get(_visible(user_id))
    return UserName(given_name=user.given_name, family_name=user.family_name)


""",
        before="""@api.route("replaceUser")""",
    )
    followed.append(
        "tests/handlers/users/test_api.py",
        """\


def test_a_name_is_read_by_those_who_see_the_profile(api: Any, people: Any, ada: Any) -> None:
    url = f"/v1/users/{ada['userId']}/name"
    assert api("GET", url).json == {"givenName": "Ada", "familyName": "Lovelace"}
    assert api("GET", url, people["bob"]).status == 403
    assert api("PUT", url, json_body=ADA).status == 405
""",
    )
    followed.check()


def test_add_a_function(recipe: Callable[..., Recipe]) -> None:
    followed = recipe("Add a function", name="receipts")
    followed.write("handlers/receipts/__init__.py", '"""Counts orders."""\n')
    followed.write(
        "handlers/receipts/function.py",
        '''\
"""Entry point: counts the orders that a caller names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger

logger = Logger()


def lambda_handler(event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """Answers how many orders `{"orderIds": [...]}` names."""
    count = len(event.get("orderIds", ()))
    logger.info("counted", orders=count)
    return {"orders": count}
''',
    )
    followed.write(
        "tests/handlers/receipts/test_function.py",
        """\
import importlib


def test_orders_are_counted(function_environment: None) -> None:
    receipts = importlib.import_module("handlers.receipts.function")
    assert receipts.lambda_handler({"orderIds": ["a", "b"]}, None) == {"orders": 2}
    assert receipts.lambda_handler({}, None) == {"orders": 0}
""",
    )
    messaging = "components/messaging/messaging.py"
    followed.insert(messaging, "    receipts: Function\n", after="    fulfilment: Function\n")
    followed.insert(
        messaging,
        "        self.receipts = self._receipts()\n",
        before="        self.pipe_name = pipe.name\n",
    )
    followed.append(
        messaging,
        """\

    def _receipts(self) -> Function:
        args = self._args
        return Function(
            f"{self._name}-receipts",
            FunctionArgs(
                function_name=f"{args.environment.prefix}-receipts",
                description="Count orders",
                handler="handlers.receipts.function.lambda_handler",
                code=function_code("receipts"),
                layers=[args.layer_arn],
                log_retention_days=args.environment.log_retention_days,
                memory_mb=args.functions.memory_size,
                log_level=args.functions.log_level,
                service_name="receipts",
            ),
            self._child,
        )
""",
    )
    layer = "components/monitoring/layers/messaging.py"
    alarms = '*function_alarms("{0}", messaging.{0}, limits, symptom_of=ORDERS_DELAYED),\n'
    followed.insert(
        layer,
        f"        {alarms.format('receipts')}",
        after=f"        {alarms.format('fulfilment')}",
    )
    graphs = '            *function_graphs("{0}", messaging.{0}),\n'
    followed.insert(layer, graphs.format("receipts"), after=graphs.format("fulfilment"))
    made = {
        "lambda:Function": "function",
        "lambda:Alias": "live",
        "iam:Role": "role",
        "iam:RolePolicy": "policy",
        "cloudwatch:LogGroup": "logs",
    }
    resources = [f"`aws:{kind}` `messaging-receipts-{name}`" for kind, name in made.items()]
    followed.insert(
        "docs/parity.md",
        f"| function that counts orders | `{messaging}`: {', '.join(resources)} | an example |\n",
        before="| stream to the metrics publisher |",
    )
    followed.check()


def test_add_an_alarm(recipe: Callable[..., Recipe]) -> None:
    followed = recipe("Add an alarm")
    followed.insert(
        "components/monitoring/metrics.py",
        """\
# Cognito Developer Guide, "Metrics for Amazon Cognito user pools"
USER_POOL = ("UserPool", "UserPoolClient")
SIGN_IN_THROTTLES = PublishedMetric("AWS/Cognito", "SignInThrottles", USER_POOL, "Sum")

""",
        before="# The function `metrics` publishes these",
    )
    tests = "tests/components/monitoring/test_layers.py"
    followed.insert(
        tests,
        """\
    # Cognito Developer Guide, "Metrics for Amazon Cognito user pools"
    "AWS/Cognito": ({"SignInThrottles"}, [{"UserPool", "UserPoolClient"}]),
""",
        before="    # the function `metrics`, see tests/handlers/metrics\n",
    )
    followed.insert(
        tests,
        """\
    "cognito-throttles": (None, {"SignInThrottles Sum"}),
""",
        before="""    "waf-blocked-requests": (None""",
    )
    followed.insert(
        tests,
        """\
        "UserPool": {"api-identity-pool-id"},
        "UserPoolClient": {"api-identity-client-id"},
""",
        before="""\
        "Region": {"us-east-1"},
""",
    )
    layer = "components/monitoring/layers/api.py"
    followed.insert(
        layer,
        "from components.api.identity import Identity\n",
        after="from components.api.api import Api\n",
    )
    followed.insert(
        layer,
        "    alarms.append(_throttled_sign_ins(api.identity, limits))\n",
        before="    if api.web_acl_name is not None:\n",
    )
    followed.insert(
        layer,
        """\
def _throttled_sign_ins(identity: Identity, limits: AlarmThresholds) -> AlarmDefinition:
    return AlarmDefinition(
        name="Cognito-Throttles",
        series=metrics.SIGN_IN_THROTTLES.of(identity.user_pool_id, identity.client_id),
        threshold=limits.sign_in_throttles,
        missing_data=MissingData.FINE,
        advice=Advice(
            meaning="Cognito refuses sign-ins: there are more than the quota allows.",
            first_step="see in the access log whether one client signs in all the time.",
            runbook="cognito-throttles",
        ),
    )


""",
        before="def _blocked_requests(",
    )
    followed.insert(
        "components/monitoring/settings.py",
        """\
    sign_in_throttles: Positive = setting(
        1, "sign-ins that Cognito refuses in five minutes, being too many"
    )
""",
        before="    database_cpu_percent: Percent",
    )
    followed.insert(
        "docs/runbook.md",
        """\
## Cognito-Throttles

Cognito refuses sign-ins, because there are more in a second than its quota allows.

1. Look in the access log for a client that signs in at each call; it should keep its token.
2. Otherwise ask for a higher quota.

""",
        before="## DynamoDB-Throttles\n",
    )
    followed.check()
