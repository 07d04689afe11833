"""docs/architecture.md says what is there: imports, files, and the names in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
BESIDE_THE_MAP = ("docs", "tests")


def rows() -> dict[str, set[str]]:
    """What each folder or file of the table may import."""
    found: dict[str, set[str]] = {}
    for line in re.findall(r"^\| `.+\|$", ARCHITECTURE, re.MULTILINE):
        folder, _, imports = (cell.strip() for cell in line.strip("|").split("|"))
        found[folder.strip("`")] = set(re.findall(r"`([^`]+)`", imports))
    return found


def sentence(beginning: str, end: str) -> set[str]:
    """The files that a sentence lists."""
    found = re.search(rf"{re.escape(beginning)}(.+?){re.escape(end)}", ARCHITECTURE)
    assert found, f"docs/architecture.md has no sentence {beginning} … {end}"
    return set(re.findall(r"`(\w+\.py)`", found[1]))


ROWS = rows()
BOTTOM = sentence("stands directly in it. ", " import nothing else")
TOP = sentence("may import them. ", " are on top")


def sources() -> list[Path]:
    folders = ("components", "contract", "handlers", "tools", "benchmarks", "local")
    return [
        *(ROOT / name for name in ("__main__.py", "settings.py")),
        *(path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))),
    ]


def place(path: Path) -> str:
    """The row of a file: itself, its folder, or the folder that holds that."""
    name = path.relative_to(ROOT).as_posix()
    candidates = [name, *(parent.as_posix() for parent in Path(name).parents)]
    return next((one for one in candidates if one in ROWS), name)


def module_file(module: str) -> Path | None:
    """The file of a module of ours."""
    path = ROOT.joinpath(*module.split("."))
    if path.with_suffix(".py").is_file():
        return path.with_suffix(".py")
    return path / "__init__.py" if (path / "__init__.py").is_file() else None


def imports(path: Path) -> Iterator[Path]:
    """Our files that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [f"{node.module}.{one.name}" for one in node.names]
            modules = [one if module_file(one) else node.module for one in modules]
        for module in modules:
            found = module_file(module)
            if found and found != path:
                yield found


def is_package_mark(path: Path) -> bool:
    return path.name == "__init__.py" and path.parent in (ROOT / "components", ROOT / "local")


@pytest.mark.parametrize("folder", ROWS)
def test_a_folder_imports_only_what_the_map_allows(folder: str) -> None:
    allowed = ROWS[folder] | {folder}
    forbidden: set[str] = set()
    for path in (one for one in sources() if place(one) == folder):
        for imported in imports(path):
            target = place(imported)
            at_the_bottom = folder.startswith("local/") and target in {
                f"local/{name}" for name in BOTTOM
            }
            inside = any(target == one or target.startswith(f"{one}/") for one in allowed)
            if not inside and not at_the_bottom:
                forbidden.add(f"{path.relative_to(ROOT)} imports {imported.relative_to(ROOT)}")
    assert sorted(forbidden) == []


def test_what_is_allowed_is_also_used() -> None:
    """Else the map shows ways that nobody goes."""
    used: dict[str, set[str]] = {folder: set() for folder in ROWS}
    for path in sources():
        if place(path) in used:
            used[place(path)] |= {place(one) for one in imports(path)}
    unused = {
        f"{folder} of {allowed}"
        for folder, allowances in ROWS.items()
        for allowed in allowances
        if not any(one == allowed or one.startswith(f"{allowed}/") for one in used[folder])
    }
    assert sorted(unused) == []


def test_every_arrow_of_a_local_run_is_an_import() -> None:
    graph = ARCHITECTURE.partition("```mermaid\n")[2].partition("\n```")[0]
    arrows = [
        (start, end)
        for starts, ends in re.findall(r"^ +([\w &]+) --> ([\w &]+)$", graph, re.MULTILINE)
        for start in starts.split(" & ")
        for end in ends.split(" & ")
        if f"local/{start}" in ROWS
    ]
    assert len(arrows) >= 10
    assert [one for one in arrows if f"local/{one[1]}" not in ROWS[f"local/{one[0]}"]] == []


def test_every_folder_is_on_the_map_and_every_row_is_there() -> None:
    missing = {place(path) for path in sources() if not is_package_mark(path)} - set(ROWS)
    directly = {f"local/{name}" for name in BOTTOM | TOP | {"__main__.py"}}
    assert missing == directly
    assert [name for name in ROWS if not (ROOT / name).exists()] == []
    others = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith((".", "__")) and any(path.rglob("*.py"))
    }
    assert others - {name.partition("/")[0] for name in ROWS} == set(BESIDE_THE_MAP) & others


def test_the_bottom_of_a_local_run_imports_nothing_else_of_it() -> None:
    for name in BOTTOM:
        targets = {place(one) for one in imports(ROOT / "local" / name)}
        assert targets <= {f"local/{other}" for other in BOTTOM}, name


def test_every_file_named_exists() -> None:
    named = set(re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.\w+|\w+\.(?:py|yaml|md))`", ARCHITECTURE))
    assert len(named) > 40
    folders = [ROOT, ROOT / "local", ROOT / "handlers" / "orders"]
    missing = [name for name in sorted(named) if not any((one / name).is_file() for one in folders)]
    assert missing == []


def named_in_files() -> list[tuple[str, str]]:
    """Each name in brackets after a file, with that file."""
    found = re.findall(r"`([\w./-]+\.py)` \((`\w+`(?:, `\w+`)*)\)", ARCHITECTURE)
    return [(file, name) for file, names in found for name in re.findall(r"`(\w+)`", names)]


def test_many_names_are_checked() -> None:
    assert len(named_in_files()) > 60


@pytest.mark.parametrize(("file", "name"), named_in_files())
def test_every_name_is_defined_in_its_file(file: str, name: str) -> None:
    defined: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Assign):
            defined |= {one.id for one in node.targets if isinstance(one, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            defined.add(node.target.id)
    assert name in defined
