import base64
import hashlib
import shutil
import struct
import zipfile
from pathlib import Path

import pulumi
import pytest

from components.shared import lambda_code
from components.shared.lambda_code import CodeBuildError, function_code, layer_code

pytestmark = pytest.mark.slow

AARCH64 = 183
"""e_machine of an ELF header (ELF for the Arm 64-bit Architecture)."""
ELF_MACHINE_OFFSET = 18


def path_of(archive: pulumi.FileArchive) -> Path:
    return Path(str(archive.path))


def names_in(archive: pulumi.FileArchive) -> list[str]:
    with zipfile.ZipFile(path_of(archive)) as zipped:
        return zipped.namelist()


def wheel(folder: Path) -> Path:
    """A package with a command, of which an installer leaves much that no function needs."""
    metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
    tag = "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    file = folder / "demo-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("demo/__init__.py", "def main(): ...\n")
        zipped.writestr("demo/__init__.pyi", "def main() -> None: ...\n")
        zipped.writestr("demo-1.0.dist-info/METADATA", metadata)
        zipped.writestr("demo-1.0.dist-info/WHEEL", tag)
        zipped.writestr(
            "demo-1.0.dist-info/entry_points.txt", "[console_scripts]\ndemo = demo:main\n"
        )
        zipped.writestr("demo-1.0.dist-info/RECORD", "")
    return file


@pytest.fixture
def progress(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the program says while it builds."""
    said: list[str] = []
    monkeypatch.setattr(pulumi, "info", said.append)
    return said


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, progress: list[str]) -> Path:
    """A checkout with its own handlers, and a layer of one package from a local index."""
    handlers = tmp_path / "handlers"
    shutil.copytree(lambda_code.HANDLERS, handlers)
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    digest = hashlib.sha256(wheel(wheels).read_bytes()).hexdigest()
    lock = tmp_path / "requirements-layer.txt"
    lock.write_text(f"demo==1.0 --hash=sha256:{digest}\n")
    monkeypatch.setattr(lambda_code, "HANDLERS", handlers)
    monkeypatch.setattr(lambda_code, "LAYER_LOCK", lock)
    monkeypatch.setattr(lambda_code, "BUILD_FOLDER", tmp_path / ".build")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return tmp_path


def test_two_builds_of_a_function_are_equal_byte_for_byte(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = path_of(function_code("users"))
    for file in (checkout / "handlers").rglob("*.py"):
        file.touch()
    leftover = checkout / "handlers" / "users" / "__pycache__" / "api.cpython-313.pyc"
    leftover.parent.mkdir(exist_ok=True)
    leftover.write_bytes(b"compiled")
    monkeypatch.setattr(lambda_code, "BUILD_FOLDER", checkout / "another")
    second = path_of(function_code("users"))

    assert first != second
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_two_builds_of_the_layer_are_equal_byte_for_byte(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = path_of(layer_code())
    monkeypatch.setattr(lambda_code, "BUILD_FOLDER", checkout / "another")
    second = path_of(layer_code())

    assert first != second
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_the_layer_holds_its_packages_and_our_shared_code_and_no_leftovers(checkout: Path) -> None:
    names = names_in(layer_code())

    assert names == sorted(names)
    assert {"python/demo/__init__.py", "python/handlers/common/environment.py"} <= set(names)
    assert "python/demo-1.0.dist-info/METADATA" in names
    assert not [
        name
        for name in names
        if name.endswith((".pyc", ".pyi", "/RECORD", "/INSTALLER", "/REQUESTED")) or "/bin/" in name
    ]


def test_a_function_holds_its_own_code_only_under_the_path_that_it_is_imported_by(
    checkout: Path,
) -> None:
    names = names_in(function_code("users"))

    assert names == sorted(names)
    assert "handlers/users/api.py" in names
    assert all(name.startswith("handlers/users/") for name in names)
    # A package of that name would hide the layer's part of the namespace.
    assert "handlers/__init__.py" not in names


def test_nothing_is_built_again_when_nothing_changed(
    checkout: Path, progress: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    built = [path_of(function_code("users")), path_of(layer_code())]
    written = [path.stat().st_mtime_ns for path in built]
    assert len(progress) == 1
    monkeypatch.setenv("PIP_FIND_LINKS", str(checkout / "nowhere"))

    assert [path_of(function_code("users")), path_of(layer_code())] == built
    assert [path.stat().st_mtime_ns for path in built] == written
    assert len(progress) == 1


def test_a_changed_handler_makes_its_own_archive_stale_and_no_other(checkout: Path) -> None:
    users, orders, layer = function_code("users"), function_code("orders"), layer_code()
    source = checkout / "handlers" / "users" / "api.py"
    source.write_text(source.read_text() + "\n# changed\n")

    assert path_of(function_code("users")) != path_of(users)
    assert path_of(function_code("users")).read_bytes() != path_of(users).read_bytes()
    assert path_of(function_code("orders")) == path_of(orders)
    assert path_of(layer_code()) == path_of(layer)


def test_changed_shared_code_makes_the_layer_stale_without_fetching_packages(
    checkout: Path, progress: list[str]
) -> None:
    layer, users = layer_code(), function_code("users")
    (checkout / "handlers" / "common" / "added.py").write_text("ADDED = 1\n")

    assert path_of(layer_code()) != path_of(layer)
    assert "python/handlers/common/added.py" in names_in(layer_code())
    assert path_of(function_code("users")) == path_of(users)
    assert len(progress) == 1


def test_fetching_the_packages_is_announced(checkout: Path, progress: list[str]) -> None:
    layer_code()

    (line,) = progress
    assert line.startswith("Fetching the Lambda layer's packages for arm64, python3.13")


def test_an_index_that_cannot_be_reached_is_named_with_what_to_do(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name)
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_RETRIES", "0")

    with pytest.raises(CodeBuildError) as refused:
        layer_code()

    message = str(refused.value)
    assert isinstance(refused.value, pulumi.RunError)
    assert "requirements-layer.txt" in message
    assert "Check that this machine reaches its Python package index" in message
    assert "pip said:\n  " in message
    assert "demo" in message
    assert "Traceback" not in message
    assert list((checkout / ".build").iterdir()) == []


def test_a_package_that_is_not_the_locked_one_is_refused(checkout: Path) -> None:
    digest = base64.b16encode(bytes(32)).decode().lower()
    (checkout / "requirements-layer.txt").write_text(f"demo==1.0 --hash=sha256:{digest}\n")

    with pytest.raises(CodeBuildError, match="hash"):
        layer_code()


def test_a_function_without_code_is_named_with_those_that_have_some(checkout: Path) -> None:
    with pytest.raises(CodeBuildError, match="no function code in handlers/payments") as refused:
        function_code("payments")

    assert "orders, products" in str(refused.value)


def test_every_binary_of_the_real_layer_is_for_arm64() -> None:
    machines: dict[str, int] = {}
    with zipfile.ZipFile(path_of(layer_code())) as zipped:
        for name in zipped.namelist():
            if ".so" in Path(name).suffixes:
                header = zipped.read(name)[:20]
                assert header[:4] == b"\x7fELF", name
                machines[name] = struct.unpack_from("<H", header, ELF_MACHINE_OFFSET)[0]

    assert machines
    assert set(machines.values()) == {AARCH64}


def test_the_real_layer_fits_into_a_function() -> None:
    with zipfile.ZipFile(path_of(layer_code())) as zipped:
        unpacked = sum(entry.file_size for entry in zipped.infolist())

    # Lambda Developer Guide, "Lambda quotas": 250 MB unzipped, layers included.
    assert unpacked < 250 * 1024 * 1024
