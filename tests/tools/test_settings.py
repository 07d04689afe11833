from pathlib import Path

import pytest
import yaml

from settings import Settings, described_settings
from tools import settings as documented


def test_the_project_file_and_the_document_are_what_the_settings_say() -> None:
    assert documented.main(["--check"]) == 0


def test_the_schema_describes_every_setting_with_its_default() -> None:
    schema = yaml.safe_load(documented.PROJECT_FILE.read_text())["config"]

    assert set(schema) == {
        f"aws-platform:{field.alias}" for field in Settings.model_fields.values()
    }
    for key, field in described_settings():
        description = schema[f"aws-platform:{key.split('.')[0]}"]["description"]
        assert str(field.description) in description
        assert key.rpartition(".")[2] in description or "." not in key


def test_the_cli_checks_no_single_value_before_our_message_can() -> None:
    schema = yaml.safe_load(documented.PROJECT_FILE.read_text())["config"]

    for key in ("natGateways", "vpcCidr", "deletionProtection", "logRetentionDays"):
        assert "type" not in schema[f"aws-platform:{key}"]


def test_a_secret_is_marked_where_the_cli_does_not_refuse_its_default() -> None:
    schema = yaml.safe_load(documented.PROJECT_FILE.read_text())["config"]
    marked = [key for key, described in schema.items() if described.get("secret")]

    assert marked == ["aws-platform:slackWebhookUrl"]
    assert "type" not in schema[marked[0]]


def test_the_table_has_one_row_for_each_setting_with_what_it_allows() -> None:
    made = documented.settings_document(f"{documented.TABLE_BEGIN}{documented.TABLE_END}")
    rows = [line for line in made.splitlines() if line.startswith("| `")]

    assert len(rows) == len(list(described_settings()))
    (row,) = [row for row in rows if row.startswith("| `cache.nodeCount` ")]
    assert "`2`" in row
    assert "at least 2 with cache.automaticFailover" in row


def test_text_around_the_table_stays() -> None:
    before, after = "# Title\n\n", "\n\n## Next\n"
    made = documented.settings_document(
        f"{before}{documented.TABLE_BEGIN}stale rows{documented.TABLE_END}{after}"
    )

    assert made.startswith(before)
    assert made.endswith(after)
    assert "stale rows" not in made


def test_a_document_without_a_place_for_the_table_is_refused() -> None:
    with pytest.raises(SystemExit, match="has no place for the settings"):
        documented.settings_document("# Title")


@pytest.fixture
def stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A project file without config, and a document with an empty table."""
    project, document = tmp_path / "Pulumi.yaml", tmp_path / "settings.md"
    project.write_text("name: aws-platform\n")
    document.write_text(f"# Title\n{documented.TABLE_BEGIN}\n{documented.TABLE_END}\n")
    monkeypatch.setattr(documented, "PROJECT_FILE", project)
    monkeypatch.setattr(documented, "DOCUMENT", document)
    return project, document


def test_a_check_names_what_is_stale_and_changes_nothing(
    stale: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    before = [path.read_text() for path in stale]

    assert documented.main(["--check"]) == 1
    assert [path.read_text() for path in stale] == before
    said = capsys.readouterr().err
    assert "Pulumi.yaml is stale" in said
    assert "settings.md is stale" in said


def test_writing_mends_both_and_is_done_once(stale: tuple[Path, Path]) -> None:
    assert documented.main([]) == 0
    written = [path.read_text() for path in stale]

    assert written[0].startswith("name: aws-platform\nconfig:\n")
    assert documented.main(["--check"]) == 0
    assert documented.main([]) == 0
    assert [path.read_text() for path in stale] == written
