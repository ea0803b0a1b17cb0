"""Knows how programs and settings files write comments, by the suffix of their name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.grammars.text import lines

_LINE: Final = {
    "#": (
        *(".py", ".pyi", ".pyw", ".sh", ".bash", ".zsh", ".fish", ".rb", ".pl", ".pm", ".r", ".jl", ".ps1", ".tcl"),
        *(".awk", ".nim", ".ex", ".exs", ".cr", ".mk", ".cmake", ".yaml", ".yml", ".toml", ".conf", ".tf"),
    ),
    "//": (
        *(".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".java", ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh"),
        *(".cs", ".go", ".rs", ".swift", ".kt", ".kts", ".scala", ".dart", ".groovy", ".proto", ".zig", ".sol"),
    ),
    "--": (".sql", ".lua", ".hs", ".elm", ".adb", ".ads", ".vhd", ".vhdl"),
    ";": (".ini", ".lisp", ".lsp", ".cl", ".el", ".clj", ".cljs", ".scm", ".rkt", ".asm"),
    "%": (".tex", ".sty", ".bib", ".erl"),
    "'": (".vb", ".vbs", ".bas"),
    "!": (".f90", ".f95", ".f03"),
}
_BLOCK: Final = {".css": ("/* ", " */"), ".scss": ("/* ", " */"), ".less": ("/* ", " */"), ".ml": ("(* ", " *)")}
SYNTAX: Final = {
    **{suffix: (f"{mark} ", "") for mark, suffixes in _LINE.items() for suffix in suffixes},
    **_BLOCK,
}
SHEBANG: Final = re.compile(r"#!")
CODING: Final = re.compile(
    r"[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+|--[ \t]*-\*-|#[ \t]*-\*-"
)  # Python, PEP 263, and Emacs
CHARSET: Final = re.compile(r"@charset\b")  # CSS: has to be the first thing
DIRECTIVE: Final = re.compile(r"%(?:YAML|TAG)\b")


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One line that is not blank, its comment marks taken off. `comment`: it holds nothing else."""

    text: str
    comment: bool


def comment_lines(characters: str, suffix: str) -> Iterator[CodeLine]:
    """Give the lines of a program; those of an unknown language are all code."""
    opening, closing = (part.strip() for part in SYNTAX.get(suffix.lower(), ("\0", "")))
    for start, words, _ in lines(characters):
        line = characters[start:words].strip()
        if not line or SHEBANG.match(line) or CODING.match(line) or CHARSET.match(line):
            continue
        is_comment = line.startswith(opening) and line.endswith(closing)
        inner = line[len(opening) : len(line) - len(closing)].lstrip(opening[-1]) if is_comment else line
        yield CodeLine(inner.strip(), is_comment)


def first_place(characters: str) -> int:
    """Give where a comment may come first: behind the lines that only count on top."""
    at = 0
    for number, (start, words, end) in enumerate(lines(characters)):
        line = characters[start:words]
        on_top = (number == 0 and (SHEBANG.match(line) or CHARSET.match(line))) or DIRECTIVE.match(line)
        if number > 1 or not (on_top or CODING.match(line)):
            break
        at = end
    return at
