"""Makes `tf2migrate/index/data/api.json`: the public names of TensorFlow 1 and what became of them.

    python scripts/api_tables.py --build TF1_PYTHON TF2_PYTHON   # writes the table
    python scripts/api_tables.py --dump                          # the API of this interpreter
    python scripts/api_tables.py --probe < names.json            # names -> group, on TF 2

TF1_PYTHON is an interpreter with TensorFlow 1.15.5, TF2_PYTHON one with TensorFlow 2
and Keras 3. The script runs under both, hence on Python 3.7; nothing but the standard
library and TensorFlow is used. "Is the same" always means the Python object (`is`).

The table (`FORMAT`): names are grouped, a group is one string of words, so that the
file stays small and a diff of it is readable.

`names`: module -> group -> words. A group says what TF 2's `tf.compat.v1` and `tf`
make of a name of TF 1.15.5:
    same     both have it: the same object, or v2 wraps it for dispatch, or both are modules
    differs  both have it, with another meaning
    v1       compat.v1 has it, v2 has not
    keras2   the access raises under Keras 3
    gone     compat.v1 has it not
A `+` after the last three: v2 had the name once (compat.v2 of 1.15.5), so that using
it does not prove that a file is TensorFlow 1 code.
`homes`: contrib names that are the same object as a name outside contrib.
`aliases`: contrib names and names in private modules (`tf.python...`) -> the canonical name.
`primary`: names outside contrib -> the shortest name of the same object.
The last three are source module -> target module -> words, `a=b` for a change of name.
"""

from __future__ import annotations

import argparse
import collections
import importlib
import json
import os
import subprocess
import sys
import types
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORMAT = "tf2migrate-api/1"
DATA = Path(__file__).resolve().parent.parent / "tf2migrate" / "index" / "data" / "api.json"

# Attributes of the public modules that are not the API's.
_SKIP = {"python", "core", "tools", "print_function", "division", "absolute_import"}
# Modules of which the table needs the name only.
_LEAVES = {"tf.raw_ops", "tf.compat.v1", "tf.compat.v2", "tf.contrib"}
# The families of contrib that have submodules which programs use.
_DEEP = ("framework", "layers", "slim", "losses", "metrics", "rnn", "training", "seq2seq", "opt")
# Modules under tensorflow.python whose insides TF1 programs do not import.
_NOT_IMPORTED = {"keras", "autograph", "tpu", "distribute", "compiler", "data"}
# Where a contrib name is looked for first when no family defines it.
_FAMILIES = ("tf.contrib.framework.", "tf.contrib.layers.", "tf.contrib.slim.")
# What earlier 1.x releases meant by a private name that 1.15 gave to TensorFlow 2, and
# names of private modules that only TensorFlow 2 has.
_OVERRIDES = {
    "tf.python.ops.variables.Variable": "tf.Variable",
    "tf.python.ops.variable_v1.VariableV1": "tf.Variable",
    "tf.python.ops.cond.cond": "tf.cond",
    "tf.python.ops.while_loop.while_loop": "tf.while_loop",
    "tf.python.ops.array_ops_stack.stack": "tf.stack",
    "tf.python.ops.array_ops_stack.unstack": "tf.unstack",
    "tf.python.checkpoint.checkpoint_management": "tf.python.training.checkpoint_management",
}
# Modules of 1.15 that are reached by import only, and that TensorFlow 2 has not.
_IMPORTED_ONLY = ("tf.examples",)

# Under one interpreter.


def _import_tensorflow() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    warnings.simplefilter("ignore")
    tensorflow = importlib.import_module("tensorflow")
    importlib.import_module("logging").getLogger("tensorflow").setLevel("ERROR")
    return tensorflow


def _is_module(value: object) -> bool:
    return isinstance(value, types.ModuleType)


def _public(module: object) -> Iterable[tuple[str, Any]]:
    """The public attributes of a module, those that cannot be had left out."""
    try:
        names = sorted(set(dir(module)))
    except Exception:  # a lazy loader of Keras 2
        return
    for name in names:
        if name.startswith("_") or name in _SKIP:
            continue
        try:
            yield name, getattr(module, name)
        except Exception:
            continue


def _module_name(value: object) -> str:
    return str(getattr(value, "__name__", "")).replace("tensorflow_core", "tensorflow", 1)


def _is_api(module: object) -> bool:
    """Whether a module holds public names, by where its own code lives."""
    name = _module_name(module)
    if ".api." in name or "._api." in name:
        return name.startswith(("tensorflow", "keras", "tf_keras"))
    return name.startswith("tensorflow.contrib.") or name == "tensorflow.python.platform.flags"


def _enter(dotted: str) -> bool:
    parts = dotted.split(".")
    if parts[1] != "contrib" or len(parts) == 3:
        return len(parts) < 7
    return len(parts) == 4 and parts[2] in _DEEP


def _leaked(dotted: str, value: object) -> bool:
    """Whether a name in contrib is only an import of the module it is found in."""
    parts = dotted.split(".")
    if parts[1] != "contrib":
        return False
    where = _defined_in(value)
    if _is_module(value) or len(parts) > 4:
        return ".contrib." not in where
    return not where.startswith("tensorflow")


def _defined_in(value: Any) -> str:
    """The module of an object; `FLAGS` must not be asked: it would read the command line."""
    if _is_module(value):
        return _module_name(value)
    plain = isinstance(value, (type, types.FunctionType))
    where = value.__module__ if plain else type(value).__module__
    return str(where).replace("tensorflow_core", "tensorflow", 1)


def walk(root: object, prefix: str) -> dict[str, Any]:
    """Every public name below a module, breadth first, a module once per path.

    `compat.v1` and `compat.v2` are the API again and left out.
    """
    found: dict[str, Any] = {}
    queue = collections.deque([(prefix, root, frozenset([id(root)]))])
    while queue:
        path, module, above = queue.popleft()
        for name, value in _public(module):
            dotted = path + "." + name
            if _leaked(dotted, value):
                continue
            if dotted in _LEAVES:
                if dotted != "tf.contrib":
                    found[dotted] = value
            elif not _is_module(value):
                found[dotted] = value
            elif _is_api(value) and id(value) not in above and _enter(dotted):
                found[dotted] = value
                queue.append((dotted, value, above | {id(value)}))
            elif _module_name(value).startswith("tensorflow"):
                found[dotted] = value
    return found


def _counts(value: object) -> bool:
    """Whether an object's identity means something (that of a small int does not)."""
    plain = (str, bytes, int, float, bool, tuple, list, dict, type(None), types.ModuleType)
    return not isinstance(value, plain) and type(value).__name__ != "_Feature"


def _rank(name: str) -> tuple[bool, int, int, str]:
    """Which of several names is the best: not Keras, few dots, short.

    `compat.v1.keras` is Keras 3 now, another thing than in TensorFlow 1.15.
    """
    return name.startswith("tf.keras."), name.count("."), len(name), name


def _by_name(names: list[str], value: Any) -> list[str]:
    """Names of one object, the best first: of equally deep ones that by which it was defined."""
    plain = isinstance(value, (type, types.FunctionType))
    own = "." + value.__name__ if plain else ""
    return sorted(names, key=lambda name: (*_rank(name)[:2], not name.endswith(own), _rank(name)))


def _contrib(tensorflow: Any) -> dict[str, Any]:
    """Public names of tf.contrib, and those of its private modules that were loaded."""
    importlib.import_module("tensorflow.contrib.slim.nets")
    found = walk(tensorflow.contrib, "tf.contrib")
    for name, value in _public(tensorflow.contrib.framework.nest):
        found["tf.contrib.framework.nest." + name] = value
    for key, module in sorted(sys.modules.items()):
        path = key.replace("tensorflow_core", "tensorflow", 1)
        parts = path.split(".")
        if parts[1:2] == ["contrib"] and parts[2:3] and parts[2] in _DEEP and "python" in parts:
            found.setdefault(".".join(["tf", *parts[1:]]), module)
            for name, value in _public(module):
                if _counts(value) and _defined_in(value).startswith("tensorflow"):
                    found.setdefault(".".join(["tf", *parts[1:], name]), value)
    return found


def _private() -> dict[str, Any]:
    """Names of the modules under tensorflow.python."""
    found: dict[str, Any] = {}
    for extra in ("ops.rnn_cell", "training.training", "training.input", "ops.seq2seq"):
        try:
            importlib.import_module("tensorflow.python." + extra)
        except ImportError:
            continue
    for key, module in sorted(sys.modules.items()):
        parts = key.replace("tensorflow_core", "tensorflow", 1).split(".")
        if parts[:2] != ["tensorflow", "python"] or len(parts) < 3 or module is None:
            continue
        if not _NOT_IMPORTED.isdisjoint(parts):
            continue
        for name, value in _public(module):
            if _counts(value):
                found[".".join(["tf", *parts[1:], name])] = value
    return found


def _canonical_contrib(names: Sequence[str], value: Any) -> str:
    """Which of a contrib object's public names stands for all of them.

    The one in the family that defines it (`tf.contrib.layers.conv2d`, not
    `tf.contrib.slim.conv2d`); else framework, layers, slim; else the shortest.
    """
    public = [name for name in names if ".python." not in name] or list(names)
    if _is_module(value):
        own = "tf" + _module_name(value)[len("tensorflow") :]
        if own in public:
            return own
    parts = (
        str(getattr(value, "__module__", "")).replace("tensorflow_core", "tensorflow").split(".")
    )
    family = "tf.contrib." + parts[2] + "." if "contrib" in parts[1:2] else ""

    def key(name: str) -> tuple[int, Any]:
        order = (family, *_FAMILIES) if family else _FAMILIES
        place = next((i for i, head in enumerate(order) if name.startswith(head)), len(order))
        return place, _rank(name)

    return min(public, key=key)


def dump() -> dict[str, Any]:
    """The API of this interpreter's TensorFlow; for TF 1 also who is the same object."""
    tensorflow = _import_tensorflow()
    version = str(tensorflow.__version__)
    if not version.startswith("1."):
        v1 = importlib.import_module("tensorflow.compat.v1")
        return {
            "version": version,
            "names": sorted(walk(v1, "tf")),
            "v2": sorted(walk(tensorflow, "tf")),
        }
    names = walk(tensorflow, "tf")
    later = walk(tensorflow.compat.v2, "tf")
    by_id: dict[int, list[str]] = collections.defaultdict(list)
    for name, value in names.items():
        if _counts(value):
            by_id[id(value)].append(name)
    later_by_id: dict[int, list[str]] = collections.defaultdict(list)
    for name, value in later.items():
        if _counts(value):
            later_by_id[id(value)].append(name.replace("tf.", "tf.compat.v2.", 1))
    contrib = _contrib(tensorflow)
    contrib_by_id: dict[int, list[str]] = collections.defaultdict(list)
    for name, value in contrib.items():
        if _counts(value) or _is_module(value):
            contrib_by_id[id(value)].append(name)
    private = {
        name: by_id.get(id(value)) or later_by_id.get(id(value))
        for name, value in _private().items()
    }
    return {
        "version": version,
        "names": {name: _is_module(value) for name, value in sorted(names.items())},
        "v2": sorted(later),
        "same": [_by_name(same, names[same[0]]) for same in by_id.values() if len(same) > 1],
        "homes": {name: by_id[id(value)] for name, value in contrib.items() if id(value) in by_id},
        "contrib": {
            _canonical_contrib(group, contrib[group[0]]): sorted(group)
            for group in contrib_by_id.values()
            if len(group) > 1 or ".python." in group[0]
        },
        "private": {name: group for name, group in sorted(private.items()) if group},
    }


def _follow(root: object, name: str) -> Any:
    value = root
    for part in name.split(".")[1:]:
        value = getattr(value, part)
    return value


def probe(names: Iterable[str]) -> dict[str, str]:
    """What TF 2 makes of each name of TF 1: a group of `names`, see the module's docstring."""
    tensorflow = _import_tensorflow()
    v1 = importlib.import_module("tensorflow.compat.v1")
    found: dict[str, str] = {}
    for name in names:
        try:
            old = _follow(v1, name)
        except Exception as error:
            lazy = name.startswith("tf.keras.") or "Keras" in str(error)
            lazy = lazy or isinstance(error, ImportError)
            found[name] = "keras2" if lazy else "gone"
            continue
        try:
            new = _follow(tensorflow, name)
        except Exception:
            found[name] = "v1"
            continue
        plain = not _counts(old) and type(old) is type(new) and old == new
        modules = _is_module(old) and _is_module(new)
        # v2 wraps the function of a generated op, to dispatch on its arguments.
        wrapped = getattr(new, "__wrapped__", None) is old
        found[name] = "same" if old is new or plain or modules or wrapped else "differs"
    return found


# Joining the two.


def _child(python: str, mode: str, text: str) -> Any:
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("TF_USE_LEGACY_KERAS", None)
    command = [python, os.path.abspath(__file__), mode]
    output = subprocess.run(
        command,
        input=text.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        check=True,
    ).stdout
    # TensorFlow may have printed; the answer is the last line.
    return json.loads(output.decode().strip().splitlines()[-1])


def _mapped(rows: dict[str, str]) -> dict[str, dict[str, str]]:
    """{old: new} as source module -> target module -> words."""
    words: dict[str, dict[str, list[str]]] = collections.defaultdict(
        lambda: collections.defaultdict(list)
    )
    for old, new in sorted(rows.items()):
        source, _, name = old.rpartition(".")
        target, _, renamed = new.rpartition(".")
        words[source][target].append(name if name == renamed else name + "=" + renamed)
    return {
        source: {target: " ".join(names) for target, names in sorted(targets.items())}
        for source, targets in sorted(words.items())
    }


def build(tf1_python: str, tf2_python: str) -> dict[str, Any]:
    """The whole table."""
    old = _child(tf1_python, "--dump", "")
    modules = {name for name, is_module in old["names"].items() if is_module}
    answer = _child(tf2_python, "--probe", json.dumps(sorted(old["names"])))
    group: dict[str, str] = {**answer["names"], **dict.fromkeys(_IMPORTED_ONLY, "gone")}
    for module in sorted(modules, key=_rank, reverse=True):
        inside = {group[name] for name in group if name.startswith(module + ".")}
        if inside == {"keras2"}:  # tf.layers can be had, but nothing of it
            group[module] = "keras2"
    later = set(old["v2"])
    table: dict[str, dict[str, list[str]]] = collections.defaultdict(
        lambda: collections.defaultdict(list)
    )
    for name, kind in sorted(group.items()):
        once = kind in ("v1", "keras2", "gone") and name in later
        table[name.rpartition(".")[0]][kind + "+" * once].append(name.rpartition(".")[2])

    trouble = {"gone": 2, "keras2": 1}

    def home(names: Sequence[str]) -> str:
        return min(names, key=lambda name: (trouble.get(group.get(name, ""), 0), _rank(name)))

    def public(names: Sequence[str]) -> str:
        # A private name stands for the v2 name if there is one: it proves nothing.
        def key(name: str) -> tuple[bool, int, Any]:
            proof = {"same": 0, "differs": 1}.get(group.get(name, ""), 2)
            return name.startswith("tf.keras."), proof, _rank(name)

        return min(names, key=key)

    aliases = {
        name: canonical
        for canonical, names in old["contrib"].items()
        for name in names
        if name != canonical
    }
    aliases.update({name: public(names) for name, names in old["private"].items()})
    aliases.update(_OVERRIDES)
    aliases = _without_implied(aliases)
    homes = {name: home(names) for name, names in old["homes"].items() if name not in aliases}
    primary = {name: names[0] for names in old["same"] for name in names[1:]}
    return {
        "format": FORMAT,
        "tf1": old["version"],
        "tf2": answer["version"],
        "names": {
            module: {kind: " ".join(names) for kind, names in sorted(kinds.items())}
            for module, kinds in sorted(table.items())
        },
        "homes": _mapped(homes),
        "aliases": _mapped(aliases),
        "primary": _mapped(primary),
    }


def _without_implied(aliases: dict[str, str]) -> dict[str, str]:
    """Leaves out what follows from the alias of a module above."""
    kept = {}
    for name, target in aliases.items():
        head, _, tail = name.rpartition(".")
        while head and head not in aliases:
            head, _, above = head.rpartition(".")
            tail = above + "." + tail
        if not head or aliases[head] + "." + tail != target:
            kept[name] = target
    return kept


def render(table: dict[str, Any]) -> str:
    """JSON with one line for each module."""
    lines = []
    for key, value in table.items():
        if isinstance(value, dict):
            inner = ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
            lines.append(f"{json.dumps(key)}: {{\n{inner}\n}}")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="The table of TensorFlow 1's public names.")
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--dump", action="store_true", help="print this interpreter's API as JSON")
    mode.add_argument("--probe", action="store_true", help="answer for the names on stdin (TF 2)")
    mode.add_argument("--build", nargs=2, metavar=("TF1_PYTHON", "TF2_PYTHON"))
    options = parser.parse_args()
    if options.build:
        DATA.write_text(render(build(*options.build)), encoding="utf-8")
    elif options.dump:
        print(json.dumps(dump()))
    else:
        names = probe(json.load(sys.stdin))
        print(json.dumps({"version": _import_tensorflow().__version__, "names": names}))


if __name__ == "__main__":
    main()
