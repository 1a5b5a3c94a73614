"""The shape of the house: rooms, the one direction of imports, names, sizes."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

import pingsessions_nb
from pingsessions_nb.frames.columns import SESSION_FIELDS

PACKAGE = Path(pingsessions_nb.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(PACKAGE.rglob("*.py"))
# From plain data up to the command line: a room imports only from rooms on floors below its own.
FLOORS = (
    {"errors", "wording"},
    {"arguments"},
    {"addresses", "places"},
    {"frames", "known_networks"},
    {"history"},
    {"coded"},
    {"redaction"},
    {"detectors"},
    {"scoring"},
    {"triage"},
    {"figures", "archive", "tenant"},
    {"reporting"},
    {"widgets"},
    {"cli"},
    {"__init__", "__main__"},
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _names(path: Path) -> list[str]:
    """Names that a module imports: at its top, within functions, and for types alone."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names += [f"{node.module or ''}.{name.name}" for name in node.names]
        elif isinstance(node, ast.Import):
            names += [name.name for name in node.names]
    return names


def _imported(path: Path) -> set[str]:
    """Rooms that a module imports."""
    rooms = set()
    for name in _names(path):
        package, *rest = name.split(".")
        if package == "pingsessions_nb":
            room = rest[0] if rest else "__init__"
            known = (PACKAGE / room).is_dir() or (PACKAGE / f"{room}.py").is_file()
            rooms.add(room if known else "__init__")
    return rooms - {_room(path)}


def test_imports_run_one_way():
    upward = [
        f"{path.relative_to(PACKAGE)} imports {room}"
        for path in MODULES
        if _room(path) not in ("sandbox", "__init__")
        for room in sorted(_imported(path) - {"sandbox"})
        if FLOOR[room] >= FLOOR[_room(path)]
    ]
    assert upward == []


def _module(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


def test_no_modules_import_each_other_in_a_circle():
    """At the top of a module, within a function, for types alone: none of it goes round."""
    modules = {_module(path) for path in MODULES}
    imported: dict[str, set[str]] = {}
    for path in MODULES:
        if path.name != "__init__.py":
            names = _names(path)
            imported[_module(path)] = {
                part for name in names for part in (name, name.rpartition(".")[0])
            } & modules - {_module(path)}
    while True:
        ends = {name for name, others in imported.items() if not others & imported.keys()}
        if not ends:
            break
        imported = {name: others for name, others in imported.items() if name not in ends}
    assert imported == {}


def test_sandbox_and_client_know_nothing_of_each_other():
    sandbox = {str(path.relative_to(PACKAGE)) for path in MODULES if "sandbox" in _imported(path)}
    assert sandbox <= {"tenant/demo_tenant.py", "cli/sandbox_command.py"}
    assert {
        room for path in MODULES if _room(path) == "sandbox" for room in _imported(path)
    } == set()


def test_few_modules_stand_at_the_root():
    assert len(list(PACKAGE.glob("*.py"))) <= 6


def test_no_module_hides_a_public_function():
    functions = {name for name in pingsessions_nb.__all__ if name.islower()}
    assert {path.stem for path in PACKAGE.glob("*")} & functions == set()


def test_no_two_rooms_use_one_name():
    stems = Counter(path.stem for path in MODULES if path.stem != "__init__")
    assert [stem for stem, number in stems.items() if number > 1] == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc"])
def test_every_module_says_what_is_in_it(name):
    assert [path for path in MODULES if path.stem == name] == []


def test_bodies_are_short():
    """No function is longer than sixty lines, its docstring apart."""
    long = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[1] if ast.get_docstring(node) and node.body[1:] else node.body[0]
                if node.end_lineno - first.lineno + 1 > 60:
                    long.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}")
    assert long == []


def test_modules_are_small():
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert [f"{path.name}: {size}" for path, size in sizes.items() if size > 400] == []


def test_no_two_classes_of_the_client_bear_one_name():
    """The sandbox has words of its own, as it knows nothing of the client."""
    names = Counter(
        node.name
        for path in MODULES
        if _room(path) != "sandbox"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, number in names.items() if number > 1] == []


def _called(function: ast.AST) -> set[str]:
    """Names that a function calls: alone, or of ``self``."""
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    names = {call.id for call in calls if isinstance(call, ast.Name)}
    own = [c for c in calls if isinstance(c, ast.Attribute) and isinstance(c.value, ast.Name)]
    return names | {call.attr for call in own if call.value.id == "self"}


def test_reading_answers_goes_no_way_round():
    """No function of `frames` comes back to itself through another one."""
    for path in sorted((PACKAGE / "frames").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = {n.name: _called(n) for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
        assert [
            (one, other)
            for one, called in calls.items()
            for other in called & calls.keys()
            if one < other and one in calls[other]
        ] == [], path.name


def test_a_field_is_declared_once():
    """What PingOne calls a field is said in `frames` by the module of columns alone."""
    paths = {field.path for field in SESSION_FIELDS if field.path and "." in field.path}
    elsewhere = {
        f"{path.name}: {node.value}"
        for path in (PACKAGE / "frames").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in paths and path.name != "columns.py"
    }
    assert elsewhere == set()


def test_public_names_are_said_once():
    """In the stub: what imports them, lists them and completes them is made of it."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    words = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)} | set(
        _names(PACKAGE / "__init__.py")
    )
    assert words & set(pingsessions_nb.__all__) == set()


def test_whoever_uses_it_is_the_user():
    said = re.compile(r"\b(she|her|hers|he|his|him)\b", re.IGNORECASE)
    texts = [path for kind in ("*.py", "*.html") for path in PACKAGE.rglob(kind)]
    texts += (PACKAGE / "widgets" / "frontend" / "src").rglob("*.ts")
    texts += [path for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md") if path.is_file()]
    found = {path.name: said.findall(path.read_text(encoding="utf-8")) for path in texts}
    assert {name: words for name, words in found.items() if words} == {}
