"""The environment that a deployed function runs in on this machine."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Mapping
from pathlib import Path

from local.functions.configuration import FunctionConfiguration

_WITHHELD = re.compile(
    # Which programs are found, and what they run or load before they begin.
    r"PATH|CDPATH|IFS|ENV|SHELL|BASH_.*|PYTHON.*|LD_.*|DYLD_.*|GLIBC_TUNABLES|GCONV_PATH|OPENSSL_.*"
    r"|NODE_.*|PERL.*|RUBY.*|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS|GIT_.*"
    # Which program shows something to a person.
    r"|BROWSER|EDITOR|VISUAL|PAGER|DISPLAY|WAYLAND_DISPLAY|DBUS_.*"
    # Where AWS's libraries find an account, its credentials and their own data.
    r"|AWS_ENDPOINT_URL.*|AWS_PROFILE|AWS_DEFAULT_PROFILE|AWS_CONFIG_FILE"
    r"|AWS_SHARED_CREDENTIALS_FILE|AWS_ACCESS_KEY.*|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN"
    r"|AWS_SECURITY_TOKEN|AWS_CONTAINER_.*|AWS_WEB_IDENTITY_.*|AWS_ROLE_.*|AWS_CA_BUNDLE"
    r"|AWS_DATA_PATH|BOTO_CONFIG"
)
"""Names that a deployment may not set here.

Lambda refuses a part of them itself (AWS Lambda Developer Guide, "Reserved environment variables").
The others are good in a container of one's own; here the process is one of the developer's.
"""


def function_environment(
    configuration: FunctionConfiguration, run: Mapping[str, str], code: Path
) -> dict[str, str]:
    """All variables of a function ("Defined runtime environment variables" of the same guide).

    Args:
        configuration: how it is deployed.
        run: where its AWS is, and how that is called.
        code: the folder that handlers' dotted paths begin in.
    """
    withheld = set(withheld_variables(configuration.environment))
    return {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        # Nothing collects traces here.
        "AWS_XRAY_SDK_ENABLED": "false",
        "POWERTOOLS_TRACE_DISABLED": "true",
        **{
            name: value for name, value in configuration.environment.items() if name not in withheld
        },
        "PATH": os.environ.get("PATH", os.defpath),
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": configuration.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration.memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": configuration.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": configuration.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": f"local/[{configuration.version}]{uuid.uuid4().hex}",
        "LAMBDA_TASK_ROOT": str(code),
        "_HANDLER": configuration.handler,
        **run,
    }


def withheld_variables(environment: Mapping[str, str]) -> list[str]:
    """The names of a deployed environment that do not reach the process."""
    return sorted(name for name in environment if _WITHHELD.fullmatch(name))
