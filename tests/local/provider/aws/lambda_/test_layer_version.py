"""Layer versions, and the archives they are made of."""

import io
import zipfile
from pathlib import Path

import pulumi

from local.provider.aws.archive import zip_bytes
from local.provider.aws.lambda_.layer_version import LayerVersion
from local.provider.connection import Connection
from tests.local.provider.aws.lambda_.deployments import function
from tests.local.provider.aws.lifecycle import deploy


def test_a_layer_version_holds_its_folder_and_a_function_uses_it(
    aws: Connection, tmp_path: Path
) -> None:
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "common.py").write_text("x = 1")
    layer = deploy(
        aws,
        LayerVersion(),
        layerName="common",
        code=pulumi.FileArchive(str(tmp_path)),
        compatibleRuntimes=["python3.13"],
        compatibleArchitectures=["arm64"],
        description="Common code",
    )
    assert layer.state["version"] == "1"
    assert layer.id == layer.state["arn"] == f"{layer.state['layerArn']}:1"
    deployed = function(aws, layers=[layer.id])
    assert deployed.state["layers"] == [layer.id]
    layer.delete()
    assert layer.read() is None


def test_the_same_folder_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("b")
    (tmp_path / "a.py").write_text("a")
    first = zip_bytes(pulumi.FileArchive(str(tmp_path)))
    (tmp_path / "a.py").touch()
    assert zip_bytes(pulumi.FileArchive(str(tmp_path))) == first
    nested = pulumi.AssetArchive({"python": pulumi.FileArchive(str(tmp_path))})
    names = zipfile.ZipFile(io.BytesIO(zip_bytes(nested))).namelist()
    assert names == ["python/a.py", "python/b.py"]
