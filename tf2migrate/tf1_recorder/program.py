"""Runs a TensorFlow 1 program and records what it keeps in variables and checkpoints.

    python record_tf1.py [-o recording.json] [--root FOLDER] PROGRAM.py [ARGUMENT]...
    python record_tf1.py [-o recording.json] [--root FOLDER] -m MODULE [ARGUMENT]...

The program runs as with `python PROGRAM.py ARGUMENT...`, under TensorFlow 1 or, through its
compat.v1, TensorFlow 2. Needs Python 3.5 or later, and no other file. The recording is written
when the program ends, however it ends, and when it saves, at most once a minute (so a program that
is killed leaves one). Paths in it are relative to FOLDER, which is the working directory unless
given, where they are below it.

It is JSON, of the format tf2migrate-recording/1. A place is [file, line, function], its line that
on which the call starts. A graph is an index into `graphs`. Names are those of operations (no
`:0`), or a class in < >. What is not known is null. Of one place at most 16 kinds of events are
told apart; an entry with `others` counts the rest.

format, tensorflow, python: versions; `tensorflow` is null if the program did not import it
program: it and its arguments, or -m and the module and its
ended: "completed", "running", the class of an exception, or "SystemExit(STATUS)"
problems: what could not be recorded, and why
graphs: {eager, snapshots: [{collection: [name, ...]}, ...], final: index of the last snapshot}
variables: {name, graph, class, dtype, shape, trainable, stack: places in the user's files,
  innermost first, initial_value: {op, type}, random: {op, type, seed, seed2} of the nearest
  operation with a seed, partition: {full_name, full_shape, offset, shape}}
tables: {name, op, graph, place, class, key_dtype, value_dtype}
savers: {graph, place, class, given: "all", "list", "dict" or "meta graph", name, save_op,
  max_to_keep, keep_checkpoint_every_n_hours, sharded, reshape, version: "V1" or "V2",
  collections: index of a snapshot, variables: [[key in the checkpoint, name of the variable or
  op of the table], ...] (null: it was never built), saves: [{place, prefix, global_step: "int"
  or the name of a tensor, first: path, last: path, count}, ...], restores: [{place, path,
  count}, ...]}
checkpoints: tf.train.Checkpoint: {graph, place of its first use, class, saves, restores,
  variables: [[object path, name], ...], without slot variables}
managers: tf.train.CheckpointManager: {graph, place, class, directory, max_to_keep,
  checkpoint_name}
averages: ExponentialMovingAverage: {graph, place, class, name, decay, shadows: [[name, name of
  the shadow variable], ...]}
optimizers: {graph, place, class, name, variables: [name, ...], slots: {slot: [[name, name of the
  slot variable], ...]}, state: [[what the optimizer calls it, name], ...]}
sessions: {place, class, graph, target, count}
runs: {place, how: "run", "make_callable" or "partial_run_setup", graph, fetches: [name, ...],
  feeds: [[name, dtype], ...], shapes: of the values fed, a dimension that differs is null,
  initializes: [name of a variable whose initialiser it runs, ...], count}
"""

import atexit
import builtins
import importlib.machinery
import os
import runpy
import sys
import types
from typing import Any, Dict, List, Tuple

from tf2migrate.tf1_recorder.hooks import install
from tf2migrate.tf1_recorder.places import THIS
from tf2migrate.tf1_recorder.recording import Recording

USAGE = (
    "usage: record_tf1.py [-o recording.json] [--root FOLDER] PROGRAM.py [ARGUMENT]...\n"
    "       record_tf1.py [-o recording.json] [--root FOLDER] -m MODULE [ARGUMENT]...\n"
)


def main(argv: List[str]) -> None:
    """Run a program and record it; ends as the program ends."""
    output, root, is_module, program = parse(argv)
    try:
        named = ["-m", *program] if is_module else program
        recording = Recording(output, root, named)
        recording.check()
    except OSError as error:
        stop("%s: cannot be written: %s" % (output, error.strerror))
    install(recording)
    atexit.register(finish, recording)  # the first is called last, after all of the program's
    try:
        if is_module:
            run_module(program)
        else:
            run_file(program)
        recording.ended = "completed"
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1 if end.code else 0
        recording.ended = "SystemExit(%d)" % status
        raise
    except BaseException as error:
        recording.ended = type(error).__name__
        hide_recorder()
        raise


def stop(message: str) -> None:
    sys.stderr.write("record_tf1.py: %s\n" % message)
    sys.exit(2)


def parse(argv: List[str]) -> Tuple[str, str, bool, List[str]]:
    """Output, root, whether a module is to run, and it or the file with its arguments."""
    output, root, rest = "recording.json", os.curdir, list(argv)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        option = rest.pop(0)
        if option in ("-h", "--help"):
            sys.stdout.write(USAGE)
            sys.exit(0)
        if option not in ("-o", "--output", "--root", "-m") or not rest:
            sys.stderr.write(USAGE)
            stop("%s: %s" % (option, "needs a value" if option[1:] in "omr" else "unknown option"))
        if option == "-m":
            return output, root, True, rest
        if option == "--root":
            root = rest.pop(0)
        else:
            output = rest.pop(0)
    if not rest:
        sys.stderr.write(USAGE)
        stop("there is no program")
    return output, root, False, rest


def run_module(program: List[str]) -> None:
    """As `python -m`: runpy is what that calls, too."""
    sys.argv = ["-m", *program[1:]]
    set_first_path(os.getcwd() if sys.version_info >= (3, 7) else "")
    new_main()
    runpy._run_module_as_main(program[0])  # type: ignore[attr-defined]


def run_file(program: List[str]) -> None:
    """As `python FILE`."""
    sys.argv = list(program)
    given = program[0]
    path = os.path.join(os.getcwd(), given) if sys.version_info >= (3, 9) else given
    set_first_path(os.path.dirname(os.path.realpath(path)))
    if os.path.isdir(path) or path.endswith((".zip", ".pyz")):
        set_first_path(path)
        new_main()
        runpy._run_module_as_main("__main__", False)  # type: ignore[attr-defined]
        return
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        stop("can't open file '%s': [Errno %s] %s" % (path, error.errno, error.strerror))
    loader = importlib.machinery.SourceFileLoader("__main__", path)
    names = new_main(__file__=path, __loader__=loader, __cached__=None)
    exec(compile(source, path, "exec", 0, True), names)


def new_main(**values: Any) -> Dict[str, Any]:
    """A module `__main__` in place of this one; returns its names."""
    module = types.ModuleType("__main__")
    vars(module).update(values, __builtins__=builtins)
    sys.modules["__main__"] = module
    return vars(module)


def set_first_path(path: str) -> None:
    """Replace the folder of this file in `sys.path`, unless the interpreter put none there."""
    safe = getattr(sys.flags, "safe_path", False) or sys.flags.isolated
    if not safe:
        sys.path[0] = path


def hide_recorder() -> None:
    """Take the recorder's frames out of the traceback with which the program is about to end."""
    hook = sys.excepthook

    def excepthook(kind: Any, error: Any, trace: Any) -> None:
        chain, one = [], error
        while one is not None and one not in chain:
            one.__traceback__ = without_recorder(one.__traceback__)
            chain.append(one)
            one = one.__cause__ or one.__context__
        hook(kind, error, error.__traceback__)

    sys.excepthook = excepthook


def without_recorder(trace: Any) -> Any:
    """A traceback without this file's frames; before Python 3.7 without the outer ones of them."""
    while trace is not None and trace.tb_frame.f_code.co_filename == THIS:
        trace = trace.tb_next
    inner = trace
    while inner is not None and sys.version_info >= (3, 7):
        while inner.tb_next is not None and inner.tb_next.tb_frame.f_code.co_filename == THIS:
            inner.tb_next = inner.tb_next.tb_next
        inner = inner.tb_next
    return trace


def finish(recording: Recording) -> None:
    """Write the recording, and say what is wrong with it."""
    try:
        recording.write()
    except OSError as error:
        message = "%s: cannot be written: %s" % (recording.output, error.strerror)
        sys.stderr.write("record_tf1.py: %s\n" % message)
        return
    except Exception as error:  # whatever it is, it must not become the program's
        message = "%s: not written: %s: %s" % (recording.output, type(error).__name__, error)
        sys.stderr.write("record_tf1.py: %s\n" % message)
        return
    if "tensorflow" not in sys.modules and os.getpid() == recording.process:
        sys.stderr.write("record_tf1.py: the program imported no TensorFlow\n")
    for problem in recording.problems:
        sys.stderr.write("record_tf1.py: not recorded: %s\n" % problem)


if __name__ == "__main__":
    main(sys.argv[1:])
