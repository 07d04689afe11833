from local.engine.output import EngineOutput

FAILED = """\
 +  aws:kms:Key key creating (0s) error: creating aws:kms/key:Key (key): LimitExceeded
 +  pulumi:pulumi:Stack p-dev creating (8s) error: python inline source runtime error: resource \
monitor shut down
Diagnostics:
  pulumi:pulumi:Stack (p-dev):
    \x1b[31merror: \x1b[0mpython inline source runtime error: resource monitor shut down
    Traceback (most recent call last):
      File "runtime/stack.py", line 254, in run_in_stack
        await run_pulumi_func(run)
    Exception: resource monitor shut down

  aws:kms:Key (key):
    error: creating aws:kms/key:Key (key): LimitExceeded
""".splitlines()


def test_a_failed_resource_is_told_once_and_without_the_sdks_traceback() -> None:
    shown: list[str] = []
    output = EngineOutput(shown.append)
    for line in FAILED:
        output(line)
    assert shown == [FAILED[0], FAILED[2], FAILED[3], *FAILED[9:]]


def test_a_traceback_of_the_program_itself_is_shown() -> None:
    lines = [
        "    error: python inline source runtime error: division by zero",
        "    Traceback (most recent call last):",
    ]
    shown: list[str] = []
    output = EngineOutput(shown.append)
    for line in lines:
        output(line)
    assert shown == lines
