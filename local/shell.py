"""What a run takes over from the shell that it is started in, and what of it its processes get.

A person's shell names accounts, profiles, proxies and ways of Python that are theirs. None of it
may decide how a run on this machine goes.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import MutableMapping
from io import TextIOWrapper

from local.checkout import CHECKOUT

LOOPBACK = ("127.0.0.1", "localhost")

_ACCOUNTS = re.compile(r"(AWS|BOTO|PULUMI)_.*")
_OURS = re.compile(r"AWS_REGION|AWS_PLATFORM_.*")
"""`AWS_REGION` is where a stack without `aws:region` is deployed, here as in an account."""

_HANDED_ON = re.compile(
    # Where programs, libraries and files are.
    r"PATH|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|XDG_\w+"
    r"|PYTHONPYCACHEPREFIX|PYTHONHOME"
    # How things are written for a person.
    r"|TZ|LANG|LANGUAGE|LC_\w+|TERM|NO_COLOR"
    # How other machines are reached.
    r"|(?i:https?_proxy|all_proxy|no_proxy)|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE"
    r"|AWS_PLATFORM_.*"
)


def forget_accounts(environment: MutableMapping[str, str] = os.environ) -> None:
    """Forget, for this process, what concerns a person's AWS accounts and Pulumi stacks.

    Also their files: AWS's libraries would read the profile, region, endpoint and retries there.
    """
    for name in list(environment):
        if _ACCOUNTS.fullmatch(name) and not _OURS.fullmatch(name):
            del environment[name]
    environment.update(
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
        **_loopback_without_proxy(environment),
    )


def environment_of_children() -> dict[str, str]:
    """The environment that every process of a run begins with."""
    return {
        **{name: value for name, value in os.environ.items() if _HANDED_ON.fullmatch(name)},
        **_loopback_without_proxy(os.environ),
        # Not by the folder that they are started in: Python can be told to leave that out.
        "PYTHONPATH": str(CHECKOUT),
    }


def write_whatever_happens() -> None:
    """Make standard output and error usable: closed ones go nowhere, and no character stops them.

    To be called before anything else opens a file, which would else take a closed one's place.
    """
    for descriptor, name in ((0, "stdin"), (1, "stdout"), (2, "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest free descriptor, which this one is: those before it are open by now.
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, open(descriptor, "r+" if descriptor == 0 else "w", closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def let_warnings_be() -> None:
    """Take no warning for an error, even where `-W error` or PYTHONWARNINGS asks for that."""
    warnings.filters[:] = [one for one in warnings.filters if one[0] != "error"]  # pyright: ignore[reportIndexIssue]


def _loopback_without_proxy(environment: MutableMapping[str, str]) -> dict[str, str]:
    """What the SDK and we start on loopback is not a proxy's business; what was said stays."""
    given = [
        host.strip()
        for name in ("NO_PROXY", "no_proxy")
        for host in environment.get(name, "").split(",")
        if host.strip()
    ]
    hosts = ",".join(dict.fromkeys((*given, *LOOPBACK)))
    return {"NO_PROXY": hosts, "no_proxy": hosts}
