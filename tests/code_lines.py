"""Count lines of code, without blank lines, comments and docstrings: ``python tests/code_lines.py``."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

ROOT = Path(__file__).parent.parent
_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def sources(project: Path) -> list[Path]:
    """Return the modules of one project."""
    return sorted((project / "src").rglob("*.py"))


def projects() -> list[Path]:
    """Return the folders of all projects."""
    return sorted(path.parent for path in ROOT.glob("p*/*/pyproject.toml"))


def code_lines(path: Path) -> int:
    """Return how many lines of a module hold code."""
    text = path.read_text()
    lines = {
        number
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in _NO_CODE
        for number in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(
            node, clean=False
        ):
            first = node.body[0]
            lines -= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return len(lines)


if __name__ == "__main__":
    counts = {project.name: sum(map(code_lines, sources(project))) for project in projects()}
    for name, count in counts.items():
        print(f"{name:24} {count:6}")
    print(f"{'all':24} {sum(counts.values()):6}")
