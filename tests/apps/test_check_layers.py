"""scripts/check_layers.py finds one violation of each kind in a tree with one file per module, and
none in code that follows the rules."""
import importlib.util
import os
import pathlib
import shutil

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def layers():
    spec = importlib.util.spec_from_file_location("check_layers", ROOT / "scripts/check_layers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def options(layers):
    return layers.option_names(os.environ["INTELIA_PROGRAM"])


@pytest.fixture()
def tree(tmp_path, layers):
    for folder in ["apps/intelia", *(f"lib/{module}" for module in layers.MAY_INCLUDE)]:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "file.hpp").write_text("#pragma once\n")
    return tmp_path


def test_options_come_from_the_program(options):
    assert {"model", "lora-r", "quiet", "max-rejected"} <= options
    assert "no-such-option" not in options


@pytest.mark.parametrize("line, what", [
    ('#include "postgres/query.hpp"', "'text' may not include 'postgres/query.hpp'"),
    ("#include <ATen/ATen.h>", "only lib/nn may include libtorch, 'text' includes 'ATen/ATen.h'"),
    ('const char* a = "lower --max-length";', "a library's text names the option --max-length"),
    ('const char* a = "--lora-r";', "a library's text names the option --lora-r"),
    ("bool a = std::filesystem::exists(path);", "std::filesystem::exists is called without std::error_code"),
    ("auto a = fs::file_size(fs::path(name, other));", "std::filesystem::file_size is called without std::error_code"),
    ("fs::directory_iterator files(folder);", "std::filesystem::directory_iterator is called without std::error_code"),
    ("if (entry.is_regular_file()) return;", "directory_entry::is_regular_file is called without std::error_code"),
    ("for (auto& file : fs::directory_iterator(folder, failure)) a(file);",
     "the increment of a directory_iterator in a range-based for may throw"),
])
@pytest.mark.parametrize("place", ["lib/text/planted.cpp", "lib/text/nested/deeper/planted.hpp"])
def test_a_violation_is_found(layers, options, tree, place, line, what):
    path = tree / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"// First line.\nstd::error_code failure;\n{line}\n")
    assert f"{place}:3: {what}" in layers.violations(tree, options)


@pytest.mark.parametrize("line", [
    '#include "base/file.hpp"',
    'const char* a = "the sequence is longer than the maximum length";',
    '// lower --max-length, or call fs::exists(path)',
    'const char* a = "pass --no-such-option";',
    'const char* a = "svg { --train: #0969da; color: var(--train) }";',
    "bool a = fs::exists(path, failure) && fs::file_size(call(path, 1), failure) > 0;",
    "fs::file_status found = fs::status(path, failure); bool a = fs::exists(found) && fs::is_regular_file(found);",
    "fs::directory_iterator files(folder, failure);",
])
def test_what_is_allowed_is_not_reported(layers, options, tree, line):
    (tree / "lib/text/planted.cpp").write_text(f"std::error_code failure;\n{line}\n")
    assert [found for found in layers.violations(tree, options) if "planted" in found] == []


def test_an_argument_of_another_program_is_no_option(layers, options, tree):
    path = tree / "lib/http/planted.cpp"
    path.write_text('#include "base/subprocess.hpp"\nauto a = run({"x", "--model", "--output="});\nauto b = "see --model";\n')
    assert [found for found in layers.violations(tree, options) if "planted" in found] == [
        "lib/http/planted.cpp:3: a library's text names the option --model"]


def test_the_program_includes_neither_nn_nor_libtorch(layers, options, tree):
    (tree / "apps/intelia/commands").mkdir()
    (tree / "apps/intelia/commands/planted.cpp").write_text('#include "nn/sft.hpp"\n#include <torch/library.h>\n')
    found = layers.violations(tree, options)
    assert "apps/intelia/commands/planted.cpp:1: 'intelia' may not include 'nn/sft.hpp'" in found
    assert any("planted.cpp:2: only lib/nn may include libtorch" in line for line in found)


def test_rows_and_folders_correspond(layers, options, tree):
    (tree / "lib/planted").mkdir()
    (tree / "lib/planted/a.cpp").write_text("")
    shutil.rmtree(tree / "lib/dataset")
    found = layers.violations(tree, options)
    assert "lib/planted: has no row in scripts/check_layers.py" in found
    assert "scripts/check_layers.py: 'dataset' has a row, and no folder in lib" in found
