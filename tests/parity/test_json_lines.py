"""Which lines are records, and what they hold: `render` and `extract --from` against Python's json, over generated files, and
the numbers in messages and tools as transformers renders them."""
import json
import random

import program
import pytest

chat_template_utils = pytest.importorskip("transformers.utils.chat_template_utils")

TEMPLATE = "{% for m in messages %}{{ m.role }}:{{ m.content }}|{% endfor %}"
# What Python does with a number other than arithmetic.
NUMBERS_TEMPLATE = """{%- for m in messages %}{{ m.role }}:{{ m.content }}
{%- for n in m.n | default([]) %} {{ n }}, {{ [n] }}, {{ n | tojson }}, {{ {n: n} | tojson }}, {{ n is integer }} {{ n is float }} {{ n is number }}
{{- ' true' if n }} {{ -n }} {{ n | abs }} {{ n == m.n[0] }} {{ n > m.n[-1] }} {{ n < 1e19 }} {{ n >= 9223372036854775807 }} {{ '%s' % n }} {{ n | string }}
{{- ' {}'.format(n) }} {{ n in m.n[:2] }}
{%- if n is integer %} {{ n | int }} {{ n | round }} {{ n | round(2) }} {{ '%d' % n }} {{ '{:,}'.format(n) }} {{ '%30d|' % n }}{% endif %}
{%- endfor %} {{ m.n | default([]) | sort }} {{ m.n | default(none) | tojson }}|{% endfor %}{{ tools | tojson(indent=1) if tools }}"""
PIECES = ["é", "\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x1e", "\n", "\r\n", "\t", "\x7f", "\"", "\\", "🐔", " ", "a"]
NUMBERS = ["1", "-0", "1.10", "18446744073709551616", "-9223372036854775809", "1" * 40, "0.12345678901234567890123", "1e400", "1E-400",
           "123456789012345678901234567890.5e3", "4.50", "9223372036854775808", "-9223372036854775808", "9223372036854775807", "9223372036854775808.0",
           "9007199254740993", "9007199254740992.0", "1e22", "-1e400", "0", "0.0", "18446744073709551615", "1" + "0" * 400]


def text(choose):
    return "".join(choose.choices(PIECES, k=choose.randrange(6)))


def line_of(choose, number):
    """One object as text, with what writers of JSON do: duplicate keys, null for absent, long numbers, escapes."""
    def quoted(value):
        return json.dumps(value, ensure_ascii=choose.random() < 0.5)

    def message(role):
        members = [('"role"', quoted(role)), ('"content"', quoted(text(choose)))]
        if choose.random() < 0.3:
            members.append(('"content"', quoted(text(choose))))
        if choose.random() < 0.3:
            members += [('"weight"', "null"), ('"tool_calls"', "null")]
        if choose.random() < 0.3:
            members.insert(0, ('"n"', "[" + ", ".join(choose.choices(NUMBERS, k=choose.randrange(1, 5))) + "]"))
        return "{" + choose.choice([",", " , "]).join(f"{key}: {value}" for key, value in members) + "}"

    messages = "[" + ", ".join(message(role) for role in ("user", "assistant") * choose.randrange(1, 3)) + "]"
    metadata = "{" + f'"x": {choose.choice(NUMBERS)}, "y": [{choose.choice(NUMBERS)}], "x": {choose.choice(NUMBERS)}' + "}"
    members = [f'"messages": {messages}', f'"conversation_id": "c{number:05d}"', '"rating": 4.5', '"language": "en"',
               '"created_at": "2026-01-01"']
    if choose.random() < 0.5:
        members.append(f'"metadata": {metadata}')
    if choose.random() < 0.2:
        members.insert(0, '"messages": 7')
    if choose.random() < 0.2:
        members.append('"tools": null')
    elif choose.random() < 0.3:
        tools = f'[{{"type": "function", "function": {{"name": "f", "n": [{choose.choice(NUMBERS)}]}}}}]'
        members.append(f'"tools": {tools if choose.random() < 0.5 else json.dumps(tools)}')
    return "{" + ", ".join(members) + "}"


def write_file(path, choose, count):
    lines = [line_of(choose, number) for number in range(count)]
    with path.open("wb") as file:
        if choose.random() < 0.5:
            file.write(b"\xef\xbb\xbf")
        for line in lines:
            file.write(choose.choice([b"", b"", b"\n", b" \t\r\n"]) + line.encode() + choose.choice([b"\n", b"\r\n"]))
    return lines


def test_every_reader_reads_what_python_reads(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model/chat_template.jinja").write_text(TEMPLATE)
    (tmp_path / "model/tokenizer_config.json").write_text("{}")
    choose = random.Random(14)
    for number in range(12):
        path = tmp_path / f"{number}.jsonl"
        records = [json.loads(line) for line in write_file(path, choose, 40)]
        expected = ["".join(f"{m['role']}:{m['content']}|" for m in record["messages"]) for record in records]
        run = program.run("render", path, "--model", tmp_path / "model")
        assert run.status == 0, run.stderr
        assert [json.loads(line) for line in run.stdout.split("\n")[:-1]] == expected
        assert len(run.stdout.splitlines()) == len(records), "no character of a text ends a line"
        assert "a key occurs twice in " in run.stderr and "the last value is used" in run.stderr
        run = program.run("extract", "--from", path, "--min-messages", "2", "--split", "1", "--output", tmp_path / f"out{number}")
        assert run.status == 0, run.stderr
        assert "a key occurs twice in " in run.stderr
        kept = (tmp_path / f"out{number}/train.jsonl").read_text()
        assert len(kept.splitlines()) == len(records)
        by_id = {record["conversation_id"]: record["messages"] for record in records}
        for record in map(json.loads, kept.splitlines()):
            given = by_id[record["metadata"]["conversation_id"]]
            assert record["messages"] == [{"role": m["role"], "content": m["content"]} for m in given]


def test_numbers_are_rendered_as_by_transformers(tmp_path):
    """Numbers of any size in messages and tools: the text of transformers, which reads the same line with Python's json."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model/chat_template.jinja").write_text(NUMBERS_TEMPLATE)
    (tmp_path / "model/tokenizer_config.json").write_text("{}")
    choose = random.Random(25)
    path = tmp_path / "numbers.jsonl"
    records = [json.loads(line) for line in write_file(path, choose, 400)]
    assert any(isinstance(n, int) and abs(n) >= 2**64 for record in records for m in record["messages"] for n in m.get("n", []))
    expected = []
    for record in records:
        tools = record.get("tools")
        tools = json.loads(tools) if isinstance(tools, str) else tools
        texts, _ = chat_template_utils.render_jinja_template([record["messages"]], tools=tools, chat_template=NUMBERS_TEMPLATE)
        expected += texts
    run = program.run("render", path, "--model", tmp_path / "model")
    assert run.status == 0, run.stderr
    for number, (line, text) in enumerate(zip(run.stdout.split("\n")[:-1], expected, strict=True)):
        assert json.loads(line) == text, number


def test_numbers_that_cannot_be_computed_with(tmp_path):
    """The message names the number and the line of the template that computes."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "tokenizer_config.json").write_text("{}")
    (model / "chat_template.jinja").write_text("{% for m in messages %}{{ m.n + 1 }}{% endfor %}")
    path = tmp_path / "x.jsonl"
    path.write_text('{"messages": [{"role": "user", "content": "a", "n": 18446744073709551616}]}\n')
    run = program.run("render", path, "--model", model, "--max-rejected", "1")
    assert "chat_template.jinja:1: the number 18446744073709551616 does not fit in 64 bits" in run.stderr, run.stderr


def test_utf_16_is_named(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model/chat_template.jinja").write_text(TEMPLATE)
    (tmp_path / "model/tokenizer_config.json").write_text("{}")
    (tmp_path / "x.jsonl").write_text('{"text": "x"}\n', encoding="utf-16")
    for command in (["render", tmp_path / "x.jsonl", "--model", tmp_path / "model"],
                    ["extract", "--from", tmp_path / "x.jsonl", "--output", tmp_path / "out"]):
        run = program.run(*command)
        assert run.status == 1 and "is UTF-16; convert it with" in run.stderr, run.stderr
