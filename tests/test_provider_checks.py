"""What settings take, the provider's checks take too: a preview is refused for no setting."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

import pytest
from hypothesis import Phase, given
from hypothesis import settings as hypothesis_settings
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.proto import provider_pb2

from local.provider.server import CustomResources
from tests.accepted_settings import accepted_settings
from tests.pulumi_recorder import REGION, Recorder, run_program
from tests.walks import examples


class CheckingMonitor(MockMonitor):
    """Hands the inputs of every resource to the embedded provider's check, as the engine does."""

    def __init__(self, mocks: Recorder) -> None:
        super().__init__(mocks)
        self.refused: list[str] = []
        self.checked = 0
        self._providers = {name: CustomResources(name) for name in ("aws", "random")}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        package, _, _ = request.type.partition(":")
        if request.type == "pulumi:providers:aws":
            configuration = provider_pb2.ConfigureRequest(args=request.object)
            self._providers["aws"].Configure(configuration, Context())
        elif package in self._providers:
            urn = self.make_urn(request.parent, request.type, request.name)
            check = provider_pb2.CheckRequest(
                urn=urn, type=request.type, name=request.name, news=request.object
            )
            answer = self._providers[package].Check(check, Context())
            self.checked += 1
            self.refused += [
                f"{request.name}: {failure.property} {failure.reason}"
                for failure in answer.failures
            ]
        return super().RegisterResource(request)


class Context:
    """What a check is called with: its errors are the test's."""

    def abort(self, _code: object, details: str) -> NoReturn:
        raise AssertionError(details)


@dataclass
class CheckedRecorder(Recorder):
    """A recorder whose monitor is that one."""

    checks: CheckingMonitor = field(init=False)

    def __post_init__(self) -> None:
        self.checks = self.monitor = CheckingMonitor(self)


# To shrink what failed would take minutes: each try runs the whole program.
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)


@pytest.mark.walk
@given(chosen=accepted_settings(REGION))
@hypothesis_settings(max_examples=examples(5, 60), deadline=None, phases=UNSHRUNK)
def test_settings_that_are_taken_pass_every_check_at_preview(chosen: dict[str, Any]) -> None:
    recorder = CheckedRecorder(preview=True)

    run_program("dev", chosen, recorder=recorder)

    assert recorder.checks.checked > 150
    assert recorder.checks.refused == []


def test_what_the_provider_refuses_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.data.cache.has_data_tiering", lambda _: False)
    recorder = CheckedRecorder(preview=True)

    run_program("dev", {"cache": {"nodeType": "cache.r6gd.xlarge"}}, recorder=recorder)

    (refused,) = recorder.checks.refused
    assert refused.startswith("data-cache-group: dataTieringEnabled using the cache.r6gd.xlarge")
