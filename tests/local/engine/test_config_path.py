import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.engine.config_path import parse_path, set_value
from local.engine.finding import Engine
from local.failures import UserError

ASSIGNMENTS = [
    ("p:plain", "3"),
    ("p:flag", "true"),
    ("p:list", '["a"]'),
    ("p:object.number", "1"),
    ("p:object.negative", "-4"),
    ("p:object.float", "7.10"),
    ("p:object.flag", "false"),
    ("p:object.account", "0123"),
    ("p:object.zero", "0"),
    ("p:object.text", "db.t4g.micro"),
    ("p:object.empty", ""),
    ('p:object["a.b"]', "dotted"),
    ("p:object.deep.er", "x"),
    ("p:emails[0]", "a@example.com"),
    ("p:emails[1]", "b@example.com"),
    ("p:emails[0]", "c@example.com"),
    ("p:rows[0].name", "first"),
]


def test_values_land_where_the_real_engine_puts_them(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: python\n")
    environment = {
        "PATH": "/usr/bin:/bin",
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "x",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    plain = [part for key, value in ASSIGNMENTS for part in ("--plaintext", f"{key}={value}")]
    for command in (
        ["stack", "init", "dev"],
        ["config", "set-all", "--path", "--stack", "dev", *plain],
    ):
        subprocess.run(
            [engine.command, "--non-interactive", *command],
            cwd=tmp_path,
            env=environment,
            check=True,
            capture_output=True,
        )
    ours: dict[str, Any] = {}
    for key, value in ASSIGNMENTS:
        set_value(ours, key, value)
    assert ours == yaml.safe_load((tmp_path / "Pulumi.dev.yaml").read_text())["config"]


@pytest.mark.parametrize("key", ["", ".", "a..b", "a[", "a[x]", "[0]", 'a["b]', "a]"])
def test_what_is_no_path_is_refused_and_named(key: str) -> None:
    with pytest.raises(UserError, match="is no config key") as refusal:
        parse_path(key)
    assert repr(key) in str(refusal.value)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("p:text.inner", "no object"),
        ("p:text[0]", "no list"),
        ("p:object[0]", "no list"),
        ("p:list[2]", "leaves a gap"),
    ],
)
def test_a_path_through_something_else_is_refused(key: str, reason: str) -> None:
    config = {"p:text": "x", "p:object": {"a": 1}, "p:list": ["only"]}
    with pytest.raises(UserError, match=reason):
        set_value(config, key, "1")
