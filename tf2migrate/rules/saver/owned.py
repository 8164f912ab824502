"""A Checkpoint of the objects that own the variables, and the edits that make them owners."""

from __future__ import annotations

from tf2migrate.index.creators import Creator, Updater
from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.owners import Cover, Tracked
from tf2migrate.index.project import Project
from tf2migrate.index.savers import Construction
from tf2migrate.model.edit import Edit, Insert, Replace, ReplaceStatement
from tf2migrate.model.facts import Expr, Statement
from tf2migrate.model.names import NameRow
from tf2migrate.model.span import Span
from tf2migrate.rules.saver.build import Built
from tf2migrate.rules.saver.tf1_names import Namer
from tf2migrate.rules.support.sites import qualified
from tf2migrate.rules.support.spelling import Spelling, call, free_name

_PATH_CALLS = frozenset(
    {
        "join", "save", "restore", "latest_checkpoint", "get_checkpoint_state", "makedirs",
        "exists", "isdir", "print", "add_argument", "DEFINE_string", "DEFINE_integer", "open",
    }
)  # fmt: skip
_MODULE_NAMES = ("model", "module", "tracked")


def build_owned(project: Project, built: Construction, cover: Cover) -> Built | None:
    """`tf.train.Checkpoint(model=...)` and what it needs; None where a name is missing."""
    if cover.owner_class is not None:
        return _class_owned(project, built, cover)
    return _scope_owned(project, built, cover)


def _scope_owned(project: Project, built: Construction, cover: Cover) -> Built | None:
    file = built.at.file
    module = free_name(file, _MODULE_NAMES)
    scope_name = _free_scope_name(project, _MODULE_NAMES)
    if module is None or scope_name is None:
        return None
    spelling = Spelling(project, file)
    near = cover.tracked[0].creators[0].at
    func = spelling.tf("tf.Module", near.down(near.expr.parts[0]))
    first = cover.tracked[0].statement
    edits: list[Edit] = [Insert(file.path, first.span, f'{module} = {func}(name="{scope_name}")')]
    for item in cover.tracked:
        edits.append(_track(file, item, module))
    arguments = [f"model={module}"]
    names = _rows(project, built, cover, "model")
    for position, updater in enumerate(cover.updaters):
        wanted = (
            ("optimizer", "adam", "tf_optimizer")
            if position == 0
            else (f"optimizer_{position + 1}",)
        )
        name = _optimizer_name(file, updater, wanted, edits, "")
        if name is None:
            return None
        arguments.append(f"{name}={name}")
        names.append(_optimizer_row(built, updater, name))
    if len(set(arguments)) != len(arguments):
        return None
    return _built(project, built, arguments, edits, names)


def _class_owned(project: Project, built: Construction, cover: Cover) -> Built | None:
    file, owner = cover.file, cover.owner_class
    assert owner is not None
    statement = file.facts.statements[owner.statement]
    header = file.facts.text[statement.start : statement.header_end].decode("utf-8")
    if _free_scope_name(project, (_snake(owner.name),)) is None or "()" in header:
        return None
    spelling = Spelling(project, file)
    module = spelling.tf("tf.Module")
    edits: list[Edit] = [*spelling.edits, *_base(file, statement, owner.bases, owner.name, module)]
    constructor = next(
        scope
        for scope in file.facts.scopes
        if scope.parent == owner.id and scope.name == "__init__"
    )
    edits.append(_super_call(file, constructor.statement))
    instance = constructor.params[0].name
    for item in cover.tracked:
        if not item.own:
            edits.append(_track(file, item, instance))
    names = _rows(project, built, cover, "model")
    for position, updater in enumerate(cover.updaters):
        wanted = ("optimizer",) if position == 0 else (f"optimizer_{position + 1}",)
        name = _optimizer_name(file, updater, wanted, edits, instance)
        if name is None:
            return None
        names.append(_optimizer_row(built, updater, f"model/{name}"))
    return _built(project, built, [f"model={cover.instance}"], edits, names)


def _built(
    project: Project,
    built: Construction,
    arguments: list[str],
    edits: list[Edit],
    names: list[NameRow],
) -> Built:
    at = built.at
    spelling = Spelling(project, at.file)
    func = spelling.tf("tf.train.Checkpoint", at.down(at.expr.parts[0]))
    before = at.file.facts.code(at.statement)[: at.expr.start - at.statement.start]
    code = call(at.file, at.statement.start, func, arguments, before.rpartition("\n")[2])
    edits.append(Replace(at.file.path, at.expr.span, code))
    owners = " and ".join(f"`{argument.partition('=')[2]}`" for argument in arguments)
    return Built((*edits, *spelling.edits), tuple(names), f"of what {owners} own")


def _track(file: FileIndex, item: Tracked, owner: str) -> Edit:
    return _assign_too(file, item.statement, owner, item.attribute)


def _assign_too(file: FileIndex, statement: Statement, owner: str, attribute: str) -> Edit:
    """`w = model.w = ...` on one line; after a longer statement a line of its own."""
    target, value = statement.targets[0], statement.value
    assert value is not None
    if "\n" in file.facts.code(statement) or "\r" in file.facts.code(statement):
        code = f"{owner}.{attribute} = {attribute}"
        return Insert(file.path, statement.span, code, after=True)
    code = f"{target.hole} = {owner}.{attribute} = {value.hole}"
    return ReplaceStatement(file.path, statement.span, code)


def _optimizer_name(
    file: FileIndex, updater: Updater, wanted: tuple[str, ...], edits: list[Edit], owner: str
) -> str | None:
    """The optimizer's name, given one (and, with `owner`, an attribute) where it has none."""
    assert updater.made is not None
    receiver = updater.optimizer.expr
    statement = updater.made.statement
    if receiver.kind == "attr":
        return receiver.text
    if receiver.kind == "name":
        if owner:
            edits.append(_assign_too(file, statement, owner, receiver.text))
        return receiver.text
    name = free_name(file, wanted)
    if name is None:
        return None
    target = f"{name} = {owner}.{name}" if owner else name
    edits.append(Insert(file.path, statement.span, f"{target} = {_one_line(file, receiver)}"))
    edits.append(Replace(file.path, receiver.span, name))
    return name


def _one_line(file: FileIndex, expr: Expr) -> str:
    """The code of an expression in a statement of its own, where no bracket continues its lines."""
    code = file.facts.code(expr)
    return code if "\\\n" in code or "\n" not in code else expr.hole


def _base(
    file: FileIndex, statement: Statement, bases: tuple[Expr, ...], name: str, module: str
) -> list[Edit]:
    if bases:
        return [Replace(file.path, bases[0].span, module)]
    return [Replace(file.path, _name_span(file, statement, name), f"{name}({module})")]


def _name_span(file: FileIndex, statement: Statement, name: str) -> Span:
    start = file.facts.text.index(name.encode(), statement.start)
    return Span(start, start + len(name.encode()))


def _super_call(file: FileIndex, definition: int) -> Edit:
    body = file.children(file.facts.statements[definition])
    first = body[0]
    docstring = (
        first.kind == "expr" and first.value is not None and isinstance(first.value.value, str)
    )
    return Insert(file.path, first.span, "super().__init__()", after=docstring)


def _rows(project: Project, built: Construction, cover: Cover, root: str) -> list[NameRow]:
    rows = []
    namer = Namer(project, cover)
    evidence = "the attribute that the variable is assigned to"
    for item in cover.tracked:
        for creator in item.creators:
            key = f"{root}/{item.attribute}{_element(item, creator)}"
            name = namer.name_of(creator) or "?"
            at = f"{cover.file.path}:{cover.file.facts.line_of(creator.at.expr.start)}"
            rows.append(NameRow(qualified(built.at), name, key, "variable", evidence, at))
    return rows


def _element(item: Tracked, creator: Creator) -> str:
    value = item.statement.value
    assert value is not None
    if value.kind not in ("dict", "list"):
        return ""
    position = next(i for i, part in enumerate(value.parts) if part.start == creator.at.expr.start)
    key = value.keys[position] if value.kind == "dict" else None
    return f"/{position}" if key is None else f"/{key.value!s}"


def _optimizer_row(built: Construction, updater: Updater, key: str) -> NameRow:
    assert updater.made is not None
    kind = updater.made.file.facts.code(updater.made.expr.parts[0]).rpartition(".")[2]
    evidence = f"slot variables and state of the {kind}"
    return NameRow(
        qualified(built.at), f"*/{kind.removesuffix('Optimizer')}*", key, "optimizer", evidence
    )


def _free_scope_name(project: Project, names: tuple[str, ...]) -> str | None:
    """A name for the module that no scope of the program uses: it would be made unique."""
    used = {
        word.lower()
        for file in {r.at.file.path: r.at.file for r in project.references}.values()
        for at in file.walk()
        if isinstance(at.expr.value, str) and not _is_path(at)
        for word in at.expr.value.split("/")
    }
    return next((name for name in names if name.lower() not in used), None)


def _is_path(at: Occurrence) -> bool:
    """Whether a string is part of a path or a message, so surely no name in the graph."""
    call = next((part for part in reversed(at.path) if part.kind == "call"), None)
    return call is not None and call.parts[0].text in _PATH_CALLS


def _snake(name: str) -> str:
    """The default name of a `tf.Module` of that class."""
    return "".join(
        f"_{c.lower()}" if c.isupper() and i and not name[i - 1].isupper() else c.lower()
        for i, c in enumerate(name)
    )
