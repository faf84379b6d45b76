"""What a test file of GCC asks for in comments: the dg- directives, as far as they matter here.

Syntax and meaning: "Directives used within DejaGnu tests" in GCC's internals manual. Targets are written as
globs of triples and names of what a target can do, with `!`, `&&`, `||` and braces.
"""

import dataclasses
import fnmatch
import re
import shlex

TRIPLE = "wasm32-unknown-linux-gnu"

# GCC's effective-target keywords that its torture tests use. What is missing in both lists is an error.
SUPPORTED = {
    "alloca", "c99_runtime", "double64plus", "fileio", "indirect_jumps", "int128", "int32", "int32plus",
    "label_values", "longlong64", "mmap", "return_address", "signal", "stdint_types", "untyped_assembly",
    "unwrapped",
}
UNSUPPORTED = {
    "dfp": "decimal floating point",
    "fpic": "position-independent code",
    "freestanding": "a freestanding environment",
    "ia32": "an x86 processor",
    "newlib_nano_io": "newlib",
    "trampolines": "nested functions, which clang does not have",
}


@dataclasses.dataclass
class Directives:
    options: list  # for the compiler
    unsupported: str = ""  # why the test does not apply, if so


def holds(expression):
    """Evaluates a target expression: `target`, `xfail` and so on are no part of it."""
    tokens = re.findall(r"[{}()!]|&&|\|\||[^\s{}()!&|]+", expression)

    def primary():
        token = tokens.pop(0)
        if token == "!":
            return not primary()
        if token in "{(":
            value = disjunction()
            tokens.pop(0)
            return value
        if "-" in token or "*" in token:
            return fnmatch.fnmatchcase(TRIPLE, token)
        if token not in SUPPORTED and token not in UNSUPPORTED:
            raise ValueError(f"effective target '{token}' is in no list")
        return token in SUPPORTED

    def conjunction():
        value = primary()
        while tokens and tokens[0] == "&&":
            tokens.pop(0)
            value = primary() and value
        return value

    def disjunction():
        value = conjunction()
        # A list of triples is a disjunction without operators.
        while tokens and tokens[0] not in ("}", ")"):
            if tokens[0] == "||":
                tokens.pop(0)
            value = conjunction() or value
        return value

    return disjunction() if tokens else True


def words(text):
    """The arguments of a directive: quoted strings, groups in braces, plain words; without quotes and braces."""
    result, i = [], 0
    while i < len(text):
        if text[i].isspace():
            i += 1
        elif text[i] == '"':
            end = text.index('"', i + 1)
            while text[end - 1] == "\\":
                end = text.index('"', end + 1)
            result.append(text[i + 1:end])
            i = end + 1
        elif text[i] == "{":
            depth, start = 0, i
            while True:
                depth += {"{": 1, "}": -1}.get(text[i], 0)
                i += 1
                if depth == 0:
                    break
            result.append(text[start + 1:i - 1].strip())
        else:
            match = re.match(r"[^\s{}]+", text[i:])
            result.append(match.group())
            i += match.end()
    return result


def selector(word):
    """Whether `{ target EXPRESSION }` holds."""
    kind, _, expression = word.partition(" ")
    if kind != "target":
        raise ValueError(f"not a target selector: {word}")
    return holds(expression)


def read(path, level):
    """The directives in a test file, compiled at an optimisation level such as -O2."""
    result = Directives([])
    text = path.read_text(encoding="latin-1")
    for match in re.finditer(r"\{\s*dg-([a-z-]+)(.*)\}", text):
        name, arguments = match.group(1), words(match.group(2))
        if name in ("options", "additional-options"):
            if len(arguments) < 2 or selector(arguments[1]):
                result.options += shlex.split(arguments[0].strip('"'))
        elif name == "require-effective-target":
            if not holds(arguments[0]):
                result.unsupported = f"needs {UNSUPPORTED[arguments[0]]}"
        elif name == "skip-if":
            reason, targets, *options = arguments
            included = options[0] if options else '"*"'
            if holds(targets) and level_matches(included, level) and not (
                    len(options) > 1 and level_matches(options[1], level)):
                result.unsupported = reason
        elif name in ("do", "add-options", "prune-output", "require-alias", "require-weak",
                      "require-stack-size", "xfail-if", "xfail-run-if"):
            # We have aliases and weak symbols, and 8 MiB of stack; expected failures are other targets'.
            pass
        else:
            raise ValueError(f"{path.name}: unknown directive dg-{name}")
    return result


def level_matches(patterns, level):
    # GCC's lists hold sets of options; of ours only the level can match.
    return any(fnmatch.fnmatchcase(level, pattern) for pattern in patterns.replace('"', " ").split())


def companion_options(path):
    """Options that the Tcl file beside a test adds for every target."""
    script = path.with_suffix(".x")
    if not script.exists():
        return []
    options = []
    for line in script.read_text().splitlines():
        # Indented lines belong to conditions about other targets.
        if line.startswith(("lappend additional_flags", "set additional_flags")):
            options += shlex.split(line)[2:]
    return options
