#!/usr/bin/env python3
"""Checks the rules between modules that a compiler does not check; docs/architecture.md explains them.

usage: scripts/check_layers.py [PROGRAM]      (PROGRAM: the built intelia; default: build/release/bin/intelia)

- A module (a folder of lib/) includes only the modules in its row, apps/intelia any but nn and kernels, and only lib/nn
  includes libtorch. Every module has a row and every row a module.
- Messages of libraries name no command-line option of PROGRAM: a library does not know how it is called. lib/cli may.
- std::filesystem is called in its non-throwing form outside lib/base, so that its errors are reported as intelia's own.

Exit status 1 with FILE:LINE for each violation.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# In the order of dependencies.
MAY_INCLUDE = {
    "base": [],
    "text": ["base"],
    "record": ["base", "text"],
    "page": ["base", "text", "record"],
    "lineage": ["base", "text", "record", "page"],
    "http": ["base"],
    "cli": ["base", "text", "record"],
    "kernels": [],
    "model": ["base", "text", "record", "kernels"],
    "engine": ["base", "record"],
    "nn": ["base", "record", "model", "engine", "kernels"],
    "jinja": ["base", "text", "record"],
    "tokenizer": ["base", "text", "record"],
    "tokens": ["base", "text", "record", "page", "jinja", "tokenizer"],
    "inference": ["base", "text", "record", "model", "tokenizer", "tokens", "engine"],
    "export": ["base", "text", "record", "lineage", "model", "tokenizer", "tokens", "engine", "inference"],
    "dataset": ["base", "text", "record"],
    "extraction": ["base", "text", "record", "dataset"],
    "postgres": ["base", "text", "record", "extraction"],
    "tracking": ["base", "text", "record", "http", "page"],
    "training": ["base", "text", "record", "model", "tokens", "inference", "engine", "tracking"],
    "evaluation": ["base", "text", "record", "page", "model", "tokens", "inference", "engine"],
}

SUFFIXES = {".hpp", ".cpp", ".cu", ".cuh"}
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
TORCH = re.compile(r"^(torch|ATen|c10|caffe2)/")
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
OPTION = re.compile(r"(?<![\w-])--([a-z][a-z0-9-]*)")
CSS = re.compile(r"var\(--[a-z-]+\)|--[a-z-]+: #")  # variables of a style sheet
COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
FILESYSTEM_CALL = re.compile(
    r"\b(?:fs|filesystem)::(absolute|canonical|weakly_canonical|relative|proximate|copy|copy_file|copy_symlink|"
    r"create_directory|create_directories|create_directory_symlink|create_hard_link|create_symlink|current_path|equivalent|"
    r"exists|file_size|hard_link_count|is_\w+|last_write_time|permissions|read_symlink|remove|remove_all|rename|resize_file|"
    r"space|status|symlink_status|temp_directory_path|directory_iterator|recursive_directory_iterator)\b\s*(?:\w+\s*)?[({]"
)
ENTRY_CALL = re.compile(r"[\w)]\.(is_directory|is_regular_file|is_symlink|is_block_file|is_fifo|is_socket)\(\)")
ITERATING_FOR = re.compile(r"\bfor\s*\([^;()]*:\s*(?:std::)?(?:fs|filesystem)::(?:recursive_)?directory_iterator\b")


def without_comments(text: str) -> str:
    """`text` with its comments blanked, line numbers unchanged."""
    return COMMENT.sub(lambda m: m[0] if m[0][0] == '"' else re.sub(r"[^\n]", " ", m[0]), text)


def arguments(text: str, begin: int) -> list[str]:
    """The arguments of the call whose parenthesis opens just before `begin`."""
    found, depth, start, i = [], 0, begin, begin
    while i < len(text):
        string = STRING.match(text, i)
        if string:
            i = string.end()
            continue
        if text[i] in "([{":
            depth += 1
        elif text[i] in ")]}":
            depth -= 1
        if depth < 0 or (depth == 0 and text[i] == ","):
            found.append(text[start:i].strip())
            start = i + 1
        if depth < 0:
            break
        i += 1
    return found


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def include_violations(text: str, module: str, allowed: list[str]) -> list[tuple[int, str]]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        target = match[2]
        first = target.split("/")[0]
        if TORCH.match(target) and module != "nn":
            found.append((number, f"only lib/nn may include libtorch, '{module}' includes '{target}'"))
        elif "/" in target and first in MAY_INCLUDE and first not in allowed:
            found.append((number, f"'{module}' may not include '{target}'"))
    return found


def option_violations(text: str, options: set[str]) -> list[tuple[int, str]]:
    """String literals that name an option. In a file that starts other programs, a literal that is one argument may."""
    found = []
    starts_programs = '"base/subprocess.hpp"' in text
    code = without_comments(text)
    for literal in STRING.finditer(code):
        content = CSS.sub("", literal[1])
        if starts_programs and re.fullmatch(r"--[a-z0-9-]+=?", content):
            continue
        for name in OPTION.findall(content):
            if name in options:
                found.append((line_of(code, literal.start()), f"a library's text names the option --{name}"))
    return found


def filesystem_violations(text: str) -> list[tuple[int, str]]:
    code = without_comments(text)
    codes = set(re.findall(r"\berror_code\s*&?\s+(\w+)", code))
    statuses = set(re.findall(r"\bfile_status\s*&?\s+(\w+)", code))
    statuses |= set(re.findall(r"\b(\w+)\s*=\s*(?:std::)?(?:fs|filesystem)::(?:symlink_)?status\(", code))
    found = []
    for call in FILESYSTEM_CALL.finditer(code):
        given = arguments(code, call.end())
        is_of_status = (call[1].startswith("is_") or call[1] == "exists") and given and given[0] in statuses
        if not is_of_status and not codes.intersection(given):
            found.append((line_of(code, call.start()), f"std::filesystem::{call[1]} is called without std::error_code"))
    for call in ENTRY_CALL.finditer(code):
        found.append((line_of(code, call.start()), f"directory_entry::{call[1]} is called without std::error_code"))
    for loop in ITERATING_FOR.finditer(code):
        found.append((line_of(code, loop.start()), "the increment of a directory_iterator in a range-based for may throw"))
    return found


def source_files(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)


def violations(root: pathlib.Path, options: set[str]) -> list[str]:
    found = []
    modules = sorted(path.name for path in (root / "lib").iterdir() if source_files(path))
    found += [f"lib/{name}: has no row in scripts/check_layers.py" for name in modules if name not in MAY_INCLUDE]
    found += [f"scripts/check_layers.py: '{name}' has a row, and no folder in lib" for name in MAY_INCLUDE if name not in modules]
    for folder in [*(root / "lib" / name for name in modules), *sorted((root / "apps").iterdir())]:
        is_app = folder.parent.name == "apps"
        module = folder.name
        allowed = [name for name in MAY_INCLUDE if name not in ("nn", "kernels")] if is_app else [module, *MAY_INCLUDE.get(module, [])]
        for path in source_files(folder):
            text = path.read_text(encoding="utf-8")
            lines = include_violations(text, module, allowed)
            if not is_app and module != "cli":
                lines += option_violations(text, options)
            if module != "base":
                lines += filesystem_violations(text)
            found += [f"{path.relative_to(root)}:{number}: {what}" for number, what in sorted(lines)]
    return found


def option_names(program: str) -> set[str]:
    """Every option of every command, as shell completion lists them."""
    script = subprocess.run([program, "completion", "bash"], capture_output=True, text=True, check=True).stdout
    return set(OPTION.findall(script))


def main() -> int:
    program = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/release/bin/intelia")
    found = violations(ROOT, option_names(program))
    print("\n".join(found) if found else "no violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
