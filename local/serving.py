"""A deployed stack at work: its gateway, its functions, people signed in, something to look at."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

from local.alarms.alarm import composite_alarms
from local.alarms.alarm_actions import AlarmActions
from local.alarms.alarm_board import AlarmBoard
from local.alarms.topics import Topics
from local.aws.clients import AwsClients
from local.engine.deployment import Deployment
from local.event_sources.event_sources import EventSources
from local.functions.asynchronous import AsynchronousInvocations
from local.functions.code import packages
from local.functions.configuration import DeployedFunctions
from local.functions.functions import Functions
from local.gateway.deployed_api import deployed_api
from local.gateway.gateway import Gateway
from local.page.access import PageAccess
from local.page.pages import OPENAPI_PATH, LocalPages
from local.page.recent_requests import RecentRequests
from local.page.sent_messages import SentMessages
from local.seed import seed
from local.session import ADMIN, Session, UserPool, sign_up_people
from local.session_files import remove_session, write_session


@contextlib.contextmanager
def serving(
    deployment: Deployment,
    listener: socket.socket,
    *,
    empty: bool = False,
    say: Callable[[str], None] = print,
    sessions: Path | None = None,
    access: PageAccess | None = None,
) -> Generator[Session]:
    """Serve a deployed stack until the exit of the `with` block.

    Args:
        deployment: the stack, deployed.
        listener: the port to serve on, from `take_port`.
        empty: leave the table empty.
        say: told what is being done.
        sessions: folder for the session file; the checkout's where none is given.
        access: to the pages; new where none is given.
    """
    export, outputs = deployment.export(), deployment.outputs()
    access = access or PageAccess.new(listener.getsockname()[1])
    clients = AwsClients(deployment.aws.access)
    api = deployed_api(export, clients)
    with contextlib.ExitStack() as stack:
        functions = stack.enter_context(
            Functions(
                DeployedFunctions(clients),
                deployment.aws.access.environment(),
                packages=packages(export),
            )
        )
        recent, board, messages = RecentRequests(), AlarmBoard(), SentMessages()
        gateway = stack.enter_context(
            Gateway(api, functions, listener=listener, on_answer=recent.add)
        )
        stack.enter_context(EventSources(clients, functions))
        invocations = stack.enter_context(AsynchronousInvocations(clients, functions))
        topics = Topics(clients, invocations, messages.add)
        stack.enter_context(AlarmActions(clients, composite_alarms(export), topics, board))
        pages = LocalPages(gateway, functions, export, outputs, board, messages, access, recent)
        gateway.start(pages.answer)
        say("Signing up an admin and a user…")
        pool = UserPool(
            access=deployment.aws.access,
            pool_id=outputs["userPoolId"],
            client_id=outputs["userPoolClientId"],
        )
        session = Session(
            stack=deployment.workspace.stack,
            api_url=gateway.url,
            api_key=outputs["apiKey"],
            openapi=f"{gateway.origin}{OPENAPI_PATH}",
            pages=access,
            pool=pool,
            users=sign_up_people(pool),
        )
        pages.people = session.shown()
        if not empty:
            say("Putting in 50 products…")
            seed(
                session.api_url,
                api_key=session.api_key,
                admin_token=session.users[ADMIN].access_token,
            )
        stack.callback(remove_session, write_session(session, sessions))
        yield session


def instructions(session: Session) -> str:
    """What a person reads when all is ready: addresses, key, tokens, lines to paste."""
    admin, user = session.users["admin"], session.users["user"]
    url, port = session.api_url, session.pages.port
    access = _variables(session.pool.access.shown())
    client = _variables(
        {
            "API_URL": url,
            "API_KEY": session.api_key,
            "USER_POOL_ID": session.pool.pool_id,
            "CLIENT_ID": session.pool.client_id,
        }
    )
    return f"""
The API:     {url}
Start page:  {session.start_page}
API key:     {session.api_key}
Admin:       {admin.email}
Admin token: {admin.access_token}
User:        {user.email}
User token:  {user.access_token}

Tokens hold for an hour; a fresh one: .venv/bin/python -m local token user --port {port}

curl {url}/health
curl '{url}/v1/products?limit=3'
curl {url}/v1/orders -H 'x-api-key: {session.api_key}' \\
  -H "Authorization: Bearer $(.venv/bin/python -m local token user --port {port})" \\
  -H "Idempotency-Key: $RANDOM-$RANDOM" -H 'Content-Type: application/json' \\
  -d "{{\\"lines\\": [{{\\"productId\\": \\"$(curl -s '{url}/v1/products?limit=1' \\
    | sed 's/.*"productId":"\\([^"]*\\)".*/\\1/')\\", \\"quantity\\": 1}}]}}"

# AWS's own tools reach the embedded AWS with its address and this run's access key:
export {access}
# What docs/sign-in.md takes besides:
export {client}
"""


def _variables(values: Mapping[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in values.items())
