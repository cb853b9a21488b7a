"""Chat templates against transformers: rendered text, the errors that templates raise, masks, and preference tokens.

Templates: those of tests/parity/templates, those that TRL and transformers ship, the published ones of
INTELIA_EXTERNAL_DATA/chat-templates, and a few written here in the manner of transformers' documentation. Expected values are
computed here by transformers, TRL and jinja2. The probe is INTELIA_BUILD/bin/tokens_probe.
"""

import copy
import datetime
import importlib.util
import json
import os
import pathlib
import random
import types

import pytest

jinja2 = pytest.importorskip("jinja2")
tokenizers = pytest.importorskip("tokenizers")
transformers = pytest.importorskip("transformers")

from transformers.utils import chat_template_utils  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXTERNAL = pathlib.Path(os.environ.get("INTELIA_EXTERNAL_DATA", ROOT / ".." / "shared" / "data")).resolve()

# Intended differences: (part of a template's name, part of a case's name) → why.
DISAGREEMENTS = {}


# ── templates ─────────────────────────────────────────────────────────────────────────────────────────────────────────

# In the manner of https://huggingface.co/docs/transformers/chat_templating_writing
WRITTEN = {
    "documentation": """{%- for message in messages %}
    {{- '<|' + message['role'] + |>\\n' if false else '<|' + message['role'] + '|>\\n' }}
    {{- message['content'] + eos_token }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|assistant|>\\n' }}
{%- endif %}
""".replace(" + |>\\n' if false else '<|' + message['role']", ""),
    "generation-tools": """{%- if tools %}
    {{- '<|system|>\\nTools:' }}
    {%- for tool in tools %}
        {%- set function = tool.function if tool.function is defined else tool %}
        {{- '\\n- ' ~ function.name ~ ': ' ~ (function.description | default('none', true) | trim) }}
        {%- for name, schema in (function.parameters.properties | default({}, true)) | dictsort %}
            {{- '\\n    ' ~ name ~ ' (' ~ schema.type ~ ('' if name in function.parameters.required else ', optional') ~ ')' }}
            {%- if schema.enum %}{{ ' one of ' ~ schema.enum | map('string') | join(' | ') }}{% endif %}
        {%- endfor %}
        {{- '\\n' ~ tool | tojson(indent=2) }}
    {%- endfor %}
    {{- eos_token }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == 'assistant' %}
        {{- '<|assistant|>\\n' }}
        {%- generation %}
            {%- if message.reasoning_content is string and message.reasoning_content %}
                {{- '<think>\\n' ~ message.reasoning_content.strip('\\n') ~ '\\n</think>\\n\\n' }}
            {%- endif %}
            {{- message.content or '' }}
            {%- for call in message.tool_calls | default([], true) %}
                {{- '<call>' ~ (call.function if call.function else call) | tojson ~ '</call>' }}
            {%- endfor %}
            {{- eos_token }}
        {%- endgeneration %}
        {{- '\\n' }}
    {%- else %}
        {{- '<|' ~ message.role ~ '|>\\n' ~ message.content ~ eos_token ~ '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|assistant|>\\n' ~ ('' if enable_thinking | default(true) else '<think>\\n\\n</think>\\n\\n') }}{% endif %}
""",
    "documents": """{{- bos_token }}
{%- if documents %}
    {%- for document in documents %}
        {{- '<doc ' ~ loop.index0 ~ '/' ~ documents | length ~ ' title="' ~ document['title'] | e ~ '">\\n' }}
        {{- (document.contents or document.text) | indent(2, true) | truncate(60) ~ '\\n</doc>\\n' }}
    {%- endfor %}
{%- endif %}
{%- for message in messages %}{{ message['role'] | capitalize }}: {{ message['content'] | trim }}
{% endfor %}
""",
    "refuses": """{%- set ns = namespace(last='', system=false) %}
{%- for message in messages %}
    {%- if message.role == 'system' %}
        {%- if not loop.first %}{{ raise_exception('System message must be at the beginning, not at turn ' ~ loop.index) }}{% endif %}
        {%- set ns.system = true %}
    {%- elif message.role not in ['user', 'assistant'] %}
        {{- raise_exception("Only user and assistant roles are supported, got '" + message.role + "'!") }}
    {%- elif message.role == ns.last %}
        {{- raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}
    {%- endif %}
    {%- set ns.last = message.role %}
    {{- '[' ~ message.role[0] | upper ~ message.role[1:] ~ ']' ~ message.content ~ '[/]' }}
{%- endfor %}
""",
    "dated": """{%- set today = strftime_now('%d %b %Y') if strftime_now is defined else '26 Jul 2024' %}
{{- 'Today: ' ~ today ~ '; ' ~ strftime_now('%Y-%m-%d %A %B %a %j %U %W %u %w %y %H:%M:%S %I %p %-d %-m %e %D %F %T %R %c %x %X %h %G-%V %g %C %r %k %l %%') }}
{%- for message in messages %}{{ message.content }}{% endfor %}
""",
    "grouped": """{%- for role, group in messages | groupby('role') %}{{ role }}: {{ group | map(attribute='content') | join('|') }}
{% endfor %}
{%- for group in messages | groupby('name', default='nobody') %}{{ group.grouper }}={{ group.list | length }};{{ group }}{% endfor %}
""",
}


def shipped(module, folder, pattern="*.jinja"):
    spec = importlib.util.find_spec(module)
    root = pathlib.Path(spec.origin).parent / folder if spec else None
    return {f"{module}/{path.stem}": path.read_text(encoding="utf-8") for path in sorted(root.rglob(pattern))} if root and root.exists() else {}


def templates():
    found = {f"ours/{path.stem}": path.read_text(encoding="utf-8") for path in sorted((pathlib.Path(__file__).parent / "templates").glob("*.jinja"))}
    found.update({f"written/{name}": source for name, source in WRITTEN.items()})
    found.update(shipped("trl", "chat_templates"))
    published = EXTERNAL / "chat-templates" / "templates"
    if published.exists():
        found.update({f"published/{path.stem}": path.read_text(encoding="utf-8") for path in sorted(published.glob("*.jinja"))})
    elif os.environ.get("INTELIA_REQUIRE_EXTERNAL_DATA"):
        raise RuntimeError(f"no external data at {published}")
    return found


SOURCES = templates()

# ── conversations ─────────────────────────────────────────────────────────────────────────────────────────────────────

TOOLS = [
    {"type": "function", "function": {"name": "get_weight", "description": " Weight of a \"flock\" <kg> & more é\n", "parameters": {"type": "object", "properties": {
        "flock": {"type": "string", "description": "its name"}, "day": {"type": "integer", "enum": [1, 7], "default": 7},
        "limits": {"type": "array", "items": {"type": "number", "minimum": 0.5}}, "unit": {"type": ["string", "null"]},
        "where": {"type": "object", "properties": {"house": {"type": "string"}, "pen": {"type": "integer"}}, "required": ["house"]}}, "required": ["flock"]},
        "return": {"type": "number", "description": "kilograms"}}},
    {"type": "function", "function": {"name": "stop", "description": "Ends it", "parameters": {"type": "object", "properties": {}, "required": []}}},
]
DOCUMENTS = [{"title": "Litter \"dry\" & <warm>", "text": "La litière reste sèche.\nTwo lines " + "long " * 20, "contents": ""}, {"title": "Second", "text": "x", "contents": "c\n\nd"}]


def turns(*pairs):
    return [{"role": role, "content": content} for role, content in pairs]


CALL = {"id": "call12345", "type": "function", "function": {"name": "get_weight", "arguments": {"flock": "A é", "day": 7, "limits": [1.5, 2], "unit": None, "where": {"house": "B"}}}}
SECOND_CALL = {"id": "call67890", "type": "function", "function": {"name": "stop", "arguments": {}}}
TOOL_TURNS = [{"role": "user", "content": "weigh"}, {"role": "assistant", "content": "", "tool_calls": [CALL]},
              {"role": "tool", "content": '{"kg": 1.5}', "tool_call_id": "call12345", "name": "get_weight"}]
CONVERSATIONS = {
    "one": turns(("user", "Hello")),
    "answered": turns(("user", "Hi"), ("assistant", "Hello there")),
    "system": turns(("system", "Be brief."), ("user", "Hi"), ("assistant", "Yes.")),
    "many": turns(("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"), ("user", "e")),
    "many with system": turns(("system", " sys \n"), ("user", "Olá, \"galinha\" <b>&amp;</b> 🐔\n"), ("assistant", "  réponse  "), ("user", "{{ 7 * 7 }}{% raw %}"), ("assistant", "")),
    "empty turns": turns(("user", ""), ("assistant", ""), ("user", ""), ("assistant", "")),
    "blanks": turns(("user", "\n\n  x  \n\n"), ("assistant", "\u00a0y\u2003\n"), ("user", "\t"), ("assistant", "\r\nz\r\n")),
    "two users": turns(("user", "a"), ("user", "b")),
    "two assistants": turns(("user", "a"), ("assistant", "b"), ("assistant", "c")),
    "assistant first": turns(("assistant", "a"), ("user", "b")),
    "late system": turns(("user", "a"), ("assistant", "b"), ("system", "c"), ("user", "d")),
    "only system": turns(("system", "alone")),
    "none": [],
    "odd role": turns(("user", "a"), ("critic", "b")),
    "unicode": turns(("user", "日本語 العربية e\u0301 👨‍👩‍👧‍👦 \u2028 \u200b"), ("assistant", "İstanbul ß ſ \U000e0001")),
    "control tokens": turns(("user", "<|im_end|>\n<|im_start|>system\n</s><s>[INST]"), ("assistant", "<|eot_id|><think>x</think>y")),
    "tool call": TOOL_TURNS,
    "tool answered": TOOL_TURNS + turns(("assistant", "1.5 kg"), ("user", "thanks")),
    "two calls": [{"role": "user", "content": "weigh"}, {"role": "assistant", "content": "I look.", "tool_calls": [CALL, SECOND_CALL]},
                  {"role": "tool", "content": "1", "tool_call_id": "call12345", "name": "get_weight"}, {"role": "tool", "content": "2", "tool_call_id": "call67890", "name": "stop"},
                  {"role": "assistant", "content": "done"}],
    "null content": [{"role": "user", "content": "w"}, {"role": "assistant", "content": None, "tool_calls": [SECOND_CALL]}],
    "arguments as text": [{"role": "user", "content": "w"}, {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "id": "x", "function": {"name": "stop", "arguments": "{\"a\": 1}"}}]}],
    "reasoning": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "reasoning_content": "\nbecause\n", "thinking": "hm"}, {"role": "user", "content": "r"}, {"role": "assistant", "content": "<think>\nx\n</think>\n\nb"}],
    "ipython": turns(("system", "s"), ("user", "a"), ("assistant", "b"), ("ipython", "{\"out\": 1}")),
    "developer": turns(("developer", "do"), ("user", "a"), ("assistant", "b")),
}
SETTINGS = {
    "plain": {},
    "prompt": {"add_generation_prompt": True},
    "tools": {"tools": TOOLS},
    "tools prompt": {"tools": TOOLS, "add_generation_prompt": True},
    "documents": {"documents": DOCUMENTS, "add_generation_prompt": True},
    "variables": {"variables": {"enable_thinking": False, "builtin_tools": ["search"], "reasoning_effort": "low", "keep_past_thinking": True, "custom_tools": None}, "add_generation_prompt": True},
}
NOW = datetime.datetime(2026, 2, 3, 14, 5, 9)


class FixedClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(NOW.year, NOW.month, NOW.day, NOW.hour, NOW.minute, NOW.second)


@pytest.fixture
def fixed_clock(monkeypatch):
    monkeypatch.setattr(chat_template_utils, "datetime", FixedClock)


def with_defaults(settings):
    given = dict({"tools": None, "documents": None, "add_generation_prompt": False, "variables": {}}, **settings)
    return given["tools"], given["documents"], given["add_generation_prompt"], given["variables"]


def render_with_peer(compiled, messages, settings):
    tools, documents, add_generation_prompt, variables = copy.deepcopy(with_defaults(settings))
    try:
        text, spans = chat_template_utils._render_with_assistant_indices(
            compiled, copy.deepcopy(messages), tools, documents, add_generation_prompt, bos_token="<s>", eos_token="</s>", **variables)
        return text, [list(span) for span in spans], None
    except Exception as error:  # the errors of the reference are of many classes
        return None, None, error


def render(probe, source, messages, settings):
    tools, documents, add_generation_prompt, variables = with_defaults(settings)
    return probe(do="jinja", template=source, messages=messages, tools=tools, documents=documents, date=NOW.isoformat(),
                 vars=dict({"bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": add_generation_prompt, "tools": None, "documents": None}, **variables))


def is_known(template, case):
    return any(part in template and other in case for part, other in DISAGREEMENTS)


def first_difference(got, want):
    at = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b), min(len(got), len(want)))
    return got[max(0, at - 40) : at + 40], want[max(0, at - 40) : at + 40]


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_rendered_text_and_errors(probe, fixed_clock, name):
    """Equal text, equal spans of {% generation %}, and an error where transformers has one, with the message of raise_exception."""
    compiled = chat_template_utils._compile_jinja_template(SOURCES[name])
    failures = []
    for case, messages in CONVERSATIONS.items():
        for setting, settings in SETTINGS.items():
            if is_known(name, case):
                continue
            want, spans, error = render_with_peer(compiled, messages, settings)
            got = render(probe, SOURCES[name], messages, settings)
            if error is not None:
                said = got.get("error")
                is_raised = type(error) is jinja2.exceptions.TemplateError
                if said is None or (is_raised and said != str(error)):
                    failures.append((case, setting, f"the peer refuses with {error!r}", got))
            elif got.get("text") != want:
                failures.append((case, setting, got.get("error") or first_difference(got["text"], want)))
            elif spans != [[len(want.encode()[:begin].decode()), len(want.encode()[:end].decode())] for begin, end in got["generation"]]:
                failures.append((case, setting, "spans", spans, got["generation"]))
    assert not failures, (len(failures), failures[:3])


def continue_with_peer(source, messages, settings):
    tools, documents, _, variables = copy.deepcopy(with_defaults(settings))
    try:
        texts, _ = chat_template_utils.render_jinja_template([copy.deepcopy(messages)], tools=tools, documents=documents, chat_template=source,
                                                             continue_final_message=True, bos_token="<s>", eos_token="</s>", **variables)
        return texts[0], None
    except Exception as error:  # the errors of the reference are of many classes
        return None, error


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_continued_message(probe, fixed_clock, name):
    """continue_final_message: the same text, and an error where transformers has one. Other last messages are continued, too."""
    failures = []
    cases = dict(CONVERSATIONS, **{f"ends with {content!r}": turns(("user", "x"), ("assistant", content)) for content in CONTENTS})
    cases["mark in the text"] = turns(("user", "CONTINUE_FINAL_MESSAGE_TAG "), ("assistant", "CONTINUE_FINAL_MESSAGE_TAG \n"))
    for case, messages in cases.items():
        for setting in ("plain", "tools", "variables"):
            tools, documents, _, variables = with_defaults(SETTINGS[setting])
            want, error = continue_with_peer(SOURCES[name], messages, SETTINGS[setting])
            got = probe(do="render", source=SOURCES[name], messages=messages, tools=tools, documents=documents, variables=variables,
                        continue_final_message=True, date=NOW.isoformat())
            if error is not None:
                if "error" not in got or (type(error) is ValueError and got["error"].split("!")[0] != str(error).split("!")[0]):
                    failures.append((case, setting, repr(error), got))
            elif got.get("text") != want:
                failures.append((case, setting, got.get("error") or first_difference(got["text"], want)))
            elif any(end > len(want.encode()) for _, end in got["content"] + got["generation"]):
                failures.append((case, setting, "ranges beyond the text", got))
    assert not failures, (len(failures), failures[:3])


CONTENTS = ["", " ", "\n", "x", " x ", "\u00a0x\u2003", "</think>", "<think>a</think>b", "<think>\n\n</think>\n\n", "\nlead", "trail\n", "\n\n", "<tool_response>\ny\n</tool_response>", "<tool_response>",
            "[INST]", "None", "é🐔", "{% raw %}{{ x }}", "<|im_end|>", "Environment: ipython", "/no_think", "a" * 50, "<|channel|>analysis<|message|>z<|end|>", "<<SYS>>", "'q' \"d\" <b> &amp;"]
SHAPES = [("user", "assistant"), ("system", "user", "assistant"), ("user", "assistant", "user", "assistant"), ("system", "user", "assistant", "user", "assistant", "user")]


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_later_renderings(probe, fixed_clock, name):
    """Repeated renderings use plans made from earlier ones: the same text and spans, whatever the contents."""
    compiled = chat_template_utils._compile_jinja_template(SOURCES[name])
    rng = random.Random(name)
    failures = []
    for draw in range(120):
        shape = SHAPES[min(draw // 30, len(SHAPES) - 1)]
        messages = turns(*((role, rng.choice(CONTENTS)) for role in shape))
        settings = SETTINGS[["plain", "tools prompt"][draw % 2]]
        want, spans, error = render_with_peer(compiled, messages, settings)
        tools, _, add_generation_prompt, _ = with_defaults(settings)
        got = probe(do="render", source=SOURCES[name], messages=messages, tools=tools, add_generation_prompt=add_generation_prompt, date=NOW.isoformat())
        if error is not None:
            if "error" not in got:
                failures.append((messages, repr(error), got))
        elif got.get("text") != want:
            failures.append((messages, got.get("error") or first_difference(got["text"], want)))
        elif spans != [[len(want.encode()[:begin].decode()), len(want.encode()[:end].decode())] for begin, end in got["generation"]]:
            failures.append((messages, spans, got["generation"]))
    assert not failures, (len(failures), failures[:3])


# ── masks and preferences ─────────────────────────────────────────────────────────────────────────────────────────────

SPECIAL = ["<s>", "</s>", "<|im_start|>", "<|im_end|>", "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>", "<|tool|>"]


@pytest.fixture(scope="session")
def base_folder(tmp_path_factory):
    """A byte-level tokenizer without post-processor: with one that trims, transformers finds no token for a blank that begins a span."""
    folder = tmp_path_factory.mktemp("base")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=1200, special_tokens=SPECIAL, initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator([str(value.__doc__) for value in vars(str).values()] + list(WRITTEN.values()), trainer)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>"}))
    return folder


def folder_with(base_folder, folder, source):
    folder.mkdir()
    for path in base_folder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "chat_template.jinja").write_text(source, encoding="utf-8")
    return folder


MARKED = sorted(name for name, source in SOURCES.items() if "generation %}" in source.replace("endgeneration", "").replace("-%}", " %}"))
KNOWN_ROLES = {"system", "developer", "user", "assistant", "tool", "ipython"}


@pytest.mark.parametrize("name", MARKED)
def test_masks_of_markers(probe, base_folder, tmp_path, fixed_clock, name):
    """Ids and trained tokens equal transformers' return_assistant_tokens_mask, also for conversations with tools."""
    folder = folder_with(base_folder, tmp_path / "model", SOURCES[name])
    peer = transformers.AutoTokenizer.from_pretrained(folder)
    compared, failures = 0, []
    for case, messages in CONVERSATIONS.items():
        if case == "control tokens" or not messages or any(message["role"] not in KNOWN_ROLES for message in messages):
            continue
        for tools in (None, TOOLS):
            try:
                want = peer.apply_chat_template(copy.deepcopy(messages), tools=copy.deepcopy(tools), tokenize=True, return_dict=True, return_assistant_tokens_mask=True)
            except Exception:
                continue
            record = {"messages": messages, **({"tools": tools} if tools else {})}
            got = probe(do="conversation", folder=str(folder), date=NOW.isoformat(), **record)
            compared += 1
            if got.get("ids") != want["input_ids"] or got["is_target"][1:] != want["assistant_masks"][1:]:
                failures.append((case, bool(tools), got.get("error") or peer.decode([i for i, m in zip(want["input_ids"], want["assistant_masks"]) if m])))
    assert compared > 3 and not failures, (compared, [(f[0], f[1]) for f in failures])


def test_stock_qwen3_with_several_turns(probe, base_folder, tmp_path):
    """Qwen3 removes the reasoning of earlier answers: the last answer is trained as it is generated, the others are context."""
    if "trl/qwen3" not in SOURCES:
        pytest.skip("this TRL has no qwen3")
    folder = folder_with(base_folder, tmp_path / "model", SOURCES["trl/qwen3"])
    peer = transformers.AutoTokenizer.from_pretrained(folder)
    messages = turns(("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"))
    got = probe(do="conversation", folder=str(folder), messages=messages)
    whole = peer.apply_chat_template(messages, tokenize=False)
    assert got["ids"] == peer(whole, add_special_tokens=False)["input_ids"]
    trained = peer.decode([i for i, target in zip(got["ids"], got["is_target"]) if target])
    prompt = peer.apply_chat_template(messages[:3], tokenize=False, add_generation_prompt=True)
    assert whole.startswith(prompt) and trained == whole[len(prompt):].removesuffix("\n")


PREFERENCES = {
    "plain": (turns(("user", "q")), turns(("assistant", "yes")), turns(("assistant", "no"))),
    "same beginning": (turns(("system", "s"), ("user", "q")), turns(("assistant", "the same and then this")), turns(("assistant", "the same and then that"))),
    "one within the other": (turns(("user", "q")), turns(("assistant", "ab")), turns(("assistant", "abc"))),
    "empty": (turns(("user", "q")), turns(("assistant", "")), turns(("assistant", "x"))),
    "blanks": (turns(("user", " q\n")), turns(("assistant", "\n\n a")), turns(("assistant", " b "))),
    "later turn": (turns(("user", "a"), ("assistant", "b"), ("user", "c")), turns(("assistant", "d é")), turns(("assistant", "d è"))),
    "several turns": (turns(("user", "a")), turns(("assistant", "b"), ("user", "c"), ("assistant", "d")), turns(("assistant", "e"))),
    "thinking": (turns(("user", "a")), turns(("assistant", "<think>\nx\n</think>\n\nb")), turns(("assistant", "c"))),
}


@pytest.mark.parametrize("name", ["ours/llama-3.1", "ours/qwen2.5", "ours/phi-3", "trl/qwen3", "trl/llama3_2", "trl/gemma", "trl/deepseek_r1_distill"])
def test_preferences(probe, base_folder, tmp_path, fixed_clock, name):
    """Prompt, chosen and rejected as DPOTrainer prepares them, full and where a prompt fills the length."""
    trl = pytest.importorskip("trl")
    datasets = pytest.importorskip("datasets")
    if name not in SOURCES:
        pytest.skip(f"this TRL has no {name}")
    folder = folder_with(base_folder, tmp_path / "model", SOURCES[name])
    peer = transformers.AutoTokenizer.from_pretrained(folder)
    prepare = trl.DPOTrainer._prepare_dataset
    trainer = types.SimpleNamespace(_tokenizer=peer)
    for case, (prompt, chosen, rejected) in PREFERENCES.items():
        record = {"prompt": prompt, "chosen": chosen, "rejected": rejected}
        for max_length in (None, 30):
            arguments = types.SimpleNamespace(dataset_num_proc=None, max_length=max_length, truncation_mode="keep_start")
            try:
                kept = list(prepare(trainer, datasets.Dataset.from_list([record]), peer, arguments, "train"))
            except jinja2.exceptions.TemplateError as error:
                assert probe(do="preference", folder=str(folder), record=record)["error"] == str(error)
                continue
            got = probe(do="preference", folder=str(folder), record=record, date=NOW.isoformat(), max_length=max_length or 0)
            if not kept:  # the prompt alone has the maximum length
                assert got["chosen"] == [] and got["rejected"] == [] and len(got["prompt"]) == max_length, case
                continue
            want = {part: kept[0][f"{part}_ids"] for part in ("prompt", "chosen", "rejected")}
            room = (max_length or 10**9) - len(want["prompt"])
            assert got["prompt"] == want["prompt"], case
            assert got["chosen"] == want["chosen"][:room] and got["rejected"] == want["rejected"][:room], case
