"""The session files, one a run: what other tools need to drive a running gateway.

They hold secrets, so that only their owner may read them, and each is gone with its run.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from local.aws.access import AwsAccess
from local.failures import UserError
from local.folders import run_folder
from local.page.access import PREFIX
from local.private_file import write_private_file
from local.session import Session, UserPool

ANSWER_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class RunningSession:
    """A run that answers, as its session file tells of it.

    Attributes:
        stack: the stack that is served.
        port: of the gateway.
        api_url: where the stage is.
        start_page: address of the start page, token included.
        page_token: access to the pages beside the API.
        pool: where people sign in.
        passwords: e-mail address and password of `admin` and `user`.
    """

    stack: str
    port: int
    api_url: str
    start_page: str = field(repr=False)
    page_token: str = field(repr=False)
    pool: UserPool
    passwords: Mapping[str, tuple[str, str]] = field(repr=False)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fresh_token(self, who: str) -> str:
        """A new access token.

        Args:
            who: `admin` or `user`.

        Raises:
            UserError: there is no such person.
        """
        if who not in self.passwords:
            raise UserError(f"There is no {who!r} here; choose one of {', '.join(self.passwords)}.")
        return self.pool.access_token(*self.passwords[who])


def write_session(session: Session, folder: Path | None = None) -> Path:
    """Write the file of a run, readable by its owner only.

    Args:
        session: the run's.
        folder: for session files; the checkout's where none is given.
    """
    path = (folder or _folder()) / f"{session.pages.port}.json"
    document = {**session.document(), "pid": os.getpid()}
    write_private_file(path, json.dumps(document, indent=2) + "\n")
    return path


def remove_session(path: Path) -> None:
    """Remove our session file; one that another run has put there since stays."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        if json.loads(path.read_text(encoding="utf-8")).get("pid") == os.getpid():
            path.unlink()


def running_session(
    stack: str | None = None, port: int | None = None, folder: Path | None = None
) -> RunningSession:
    """The run that answers.

    Args:
        stack: only a run of this stack.
        port: only the run at this port.
        folder: for session files; the checkout's where none is given.

    Raises:
        UserError: none does, or several do.
    """
    running = [one for one in _known(folder or _folder()) if _answers(one)]
    if not running:
        raise UserError("Nothing runs here: start it with `make local` first.")
    wanted = [one for one in running if stack in (None, one.stack) and port in (None, one.port)]
    shown = ", ".join(f"{one.stack} at port {one.port}" for one in running)
    if not wanted:
        raise UserError(f"No such run: what runs here is {shown}.")
    if len(wanted) > 1:
        raise UserError(f"Several runs answer: {shown}. Say which with --stack or --port.")
    return wanted[0]


def _folder() -> Path:
    return run_folder() / "sessions"


def _known(folder: Path) -> Sequence[RunningSession]:
    """What the files tell; a damaged one tells of no run."""
    found: list[RunningSession] = []
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            found.append(_read(json.loads(path.read_text(encoding="utf-8"))))
    return found


def _read(document: Mapping[str, Any]) -> RunningSession:
    aws: Mapping[str, str] = document["aws"]
    return RunningSession(
        stack=document["stack"],
        port=int(document["port"]),
        api_url=document["apiUrl"],
        start_page=document["startPage"],
        page_token=document["pageToken"],
        pool=UserPool(
            access=AwsAccess(
                endpoint=aws["endpoint"],
                access_key_id=aws["accessKeyId"],
                secret_access_key=aws["secretAccessKey"],
                region=aws["region"],
            ),
            pool_id=aws["userPoolId"],
            client_id=aws["userPoolClientId"],
        ),
        passwords={
            who: (user["email"], user["password"]) for who, user in document["users"].items()
        },
    )


def _answers(session: RunningSession) -> bool:
    """Whether the run is up: a process id says nothing, as another process may have it by now."""
    connection = HTTPConnection("127.0.0.1", session.port, timeout=ANSWER_SECONDS)
    headers = {"Authorization": f"Bearer {session.page_token}"}
    try:
        connection.request("GET", f"{PREFIX}/session.json", headers=headers)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()
