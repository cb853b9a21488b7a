"""The forms of records that TRL reads: ids and loss mask as SFTTrainer prepares them, and the forms that `train sft` refuses by name.

Masks are compared with `assistant_only_loss` on templates that mark answers, and with TRL's completion mask on templates that do
not. TRL also trains what a template writes after the end of the last turn ("\\n"), and user turns within a completion.
"""

import copy
import json
import types

import pytest

from test_templates import (CALL, MARKED, NOW, SECOND_CALL, SOURCES, TOOL_TURNS, TOOLS, base_folder, fixed_clock,  # noqa: F401
                            folder_with, turns)

trl = pytest.importorskip("trl")
datasets = pytest.importorskip("datasets")
jinja2 = pytest.importorskip("jinja2")
transformers = pytest.importorskip("transformers")

# Those of idefics3, llava_next and smolvlm write no content that is a string.
OF_TEXT = [name for name in MARKED if not any(part in name for part in ("idefics3", "llava_next", "smolvlm"))]
# gpt-oss writes an answer with a tool call differently once another answer follows: TRL trains that call, which is in the prompt.
DISAGREEMENTS = {("trl/gptoss_training", "two calls", "prompt, completion"), ("trl/gptoss_training", "two calls", "parts of a completion")}
ROLES = {"user": "human", "assistant": "gpt"}
MESSAGES = {
    "one": turns(("user", "Hi"), ("assistant", "Hello there")),
    "system": turns(("system", "Be brief."), ("user", " é\n"), ("assistant", " Yes.\n")),
    "three": turns(("user", "a"), ("assistant", "b é"), ("user", "c"), ("assistant", "d"), ("user", "e"), ("assistant", "f 🐔")),
    "empty": turns(("user", "a"), ("assistant", "")),
    "tools": TOOL_TURNS + turns(("assistant", "1.5 kg")),
    "two calls": [{"role": "user", "content": "weigh"}, {"role": "assistant", "content": "I look.", "tool_calls": [CALL, SECOND_CALL]},
                  {"role": "tool", "content": "1", "tool_call_id": "call12345", "name": "get_weight"}, {"role": "assistant", "content": "done"}],
}


def prepared(tokenizer, record, assistant_only_loss=False):
    """(ids, whether each is trained) of TRL, or the error of the template."""
    trainer = types.SimpleNamespace(_tokenizer=tokenizer, chat_template=None, completion_only_loss="completion" in record)
    arguments = types.SimpleNamespace(dataset_num_proc=None, dataset_text_field="text", assistant_only_loss=assistant_only_loss,
                                      max_length=None, truncation_mode="keep_start", shuffle_dataset=False)
    # Of a table, every message would have the members of all, as null.
    data = datasets.IterableDataset.from_generator(lambda: iter([copy.deepcopy(record)]))
    row = next(iter(trl.SFTTrainer._prepare_dataset(trainer, data, tokenizer, arguments, False, None, "train")))
    return row["input_ids"], [int(label != -100) for label in row["labels"]]


def parts_of(messages):
    """Contents as parts, each text in two of them."""
    return [{**message, "content": [{"type": "text", "text": message["content"][:3]}, {"type": "text", "text": message["content"][3:]}]}
            for message in messages]


def forms(messages):
    """name → (the record for us, the record for TRL), the same conversation in every form."""
    last = max(i for i, message in enumerate(messages) if message["role"] == "assistant")
    split = {"prompt": messages[:last], "completion": messages[last:]}
    found = {"messages": ({"messages": messages},) * 2, "prompt, completion": (split,) * 2,
             "parts": ({"messages": parts_of(messages)}, {"messages": messages}),
             "parts of a completion": ({key: parts_of(value) for key, value in split.items()}, split),
             "answers as prompt": ({"prompt": messages[:1], "completion": messages[1:]},) * 2}
    if all(message.keys() == {"role", "content"} for message in messages):
        named = [{"from": message["role"], "value": message["content"]} for message in messages]
        found["ShareGPT"] = ({"conversations": named},) * 2
        # TRL keeps the names human and gpt, which its templates do not know.
        human = [{**message, "from": ROLES.get(message["from"], message["from"])} for message in named]
        found["ShareGPT, human and gpt"] = ({"conversations": human}, {"messages": messages})
        found["from, value"] = ({"messages": named}, {"messages": messages})
    return found


def compare(probe, folder, peer, ours, theirs, assistant_only_loss):
    """A difference, None, or "refused" where the template raises an error in both."""
    try:
        ids, mask = prepared(peer, theirs, assistant_only_loss)
    except (jinja2.exceptions.TemplateError, TypeError) as error:
        got = probe(do="conversation", folder=str(folder), date=NOW.isoformat(), **ours)
        return "refused" if "error" in got else f"TRL refuses: {error!r}"
    except RuntimeError as error:  # no assistant tokens
        assert "no assistant tokens" in str(error), error
        return "refused"
    got = probe(do="conversation", folder=str(folder), date=NOW.isoformat(), **ours)
    if got.get("ids") != ids:
        return got.get("error") or f"ids {peer.decode(got['ids'])!r}, TRL {peer.decode(ids)!r}"
    trained = got["is_target"]
    if not assistant_only_loss:
        end = max(i for i, target in enumerate(trained) if target) + 1
        assert peer.decode(ids[end:]).strip() in ("", peer.eos_token), "only blanks and end-of-text follow the end of a turn"
        mask = mask[:end] + [0] * (len(ids) - end)
    if trained[1:] == mask[1:]:
        return None
    return "trained {!r}, TRL {!r}".format(*(peer.decode([i for i, is_trained in zip(ids, one) if is_trained]) for one in (trained, mask)))


@pytest.mark.parametrize("name", OF_TEXT)
def test_forms_with_markers(probe, base_folder, tmp_path, fixed_clock, name):  # noqa: F811
    """Every form, with the tools as a list and as a string with their JSON."""
    folder = folder_with(base_folder, tmp_path / "model", SOURCES[name])
    peer = transformers.AutoTokenizer.from_pretrained(folder)
    compared, failures = 0, []
    for case, messages in MESSAGES.items():
        for form, (ours, theirs) in forms(messages).items():
            for tools in [None] if case != "tools" else [None, TOOLS, json.dumps(TOOLS)]:
                mine, peers = ({**record, "tools": tools} for record in (ours, theirs))
                difference = compare(probe, folder, peer, mine, peers, True)
                compared += difference is None
                if difference not in (None, "refused") and (name, case, form) not in DISAGREEMENTS:
                    failures.append((case, form, tools, difference))
    assert compared > 10 and not failures, (compared, len(failures), failures[:3])


def test_variables_of_a_record(probe, base_folder, tmp_path, fixed_clock):  # noqa: F811
    """`chat_template_kwargs` are what the template reads, for this record only."""
    texts = set()
    source = SOURCES["ours/llama-3.1-generation"] + "{{ mode | default('plain') }}{% if enable_thinking is false %}not thinking{% endif %}"
    folder = folder_with(base_folder, tmp_path / "model", source)
    peer = transformers.AutoTokenizer.from_pretrained(folder)
    for variables in ({}, {"mode": "é"}, {"enable_thinking": False}, {"enable_thinking": True, "mode": 2**60}):
        for record in ({"messages": MESSAGES["three"]}, {"prompt": MESSAGES["one"][:1], "completion": MESSAGES["one"][1:]}):
            record = {**record, "chat_template_kwargs": variables}
            assert compare(probe, folder, peer, record, record, True) is None, record
            texts.add(peer.decode(probe(do="conversation", folder=str(folder), date=NOW.isoformat(), **record)["ids"]))
    assert len(texts) == 8


@pytest.mark.parametrize("name", ["ours/llama-3.1", "ours/qwen2.5", "ours/phi-3", "ours/llama-2", "trl/llama3_2"])
def test_completions_without_markers(probe, base_folder, tmp_path, fixed_clock, name):  # noqa: F811
    """A prompt and one answer: TRL's completion mask."""
    if name not in SOURCES:
        pytest.skip(f"this TRL has no {name}")
    folder = folder_with(base_folder, tmp_path / "model", SOURCES[name])
    peer = transformers.AutoTokenizer.from_pretrained(folder)
    compared = 0
    for case, messages in MESSAGES.items():
        ours, theirs = forms(messages)["prompt, completion"]
        difference = compare(probe, folder, peer, ours, theirs, False)
        assert difference in (None, "refused"), (case, difference)
        compared += difference is None
    assert compared >= 3


@pytest.mark.parametrize("adds_bos", [False, True])
def test_completions_of_text(probe, base_folder, tmp_path, adds_bos):  # noqa: F811
    """Two strings, and a text: the end-of-text token follows. (Its spelling in a text is text here, and the token in TRL.)"""
    folder = folder_with(base_folder, tmp_path / "model", SOURCES["ours/qwen2.5"])
    if adds_bos:
        tokenizer = json.loads((folder / "tokenizer.json").read_text())
        bos = {"SpecialToken": {"id": "<s>", "type_id": 0}}
        tokenizer["post_processor"] = {"type": "TemplateProcessing", "single": [bos, {"Sequence": {"id": "A", "type_id": 0}}],
                                       "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                                       "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}}
        (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    peer = transformers.AutoTokenizer.from_pretrained(folder)
    for prompt, completion in [("The sky is", " blue"), ("The sky is ", "blue"), ("a", "b"), ("", "only"), ("é", "\n\né 🐔")]:
        for record in ({"prompt": prompt, "completion": completion}, {"text": prompt + completion}):
            ids, mask = prepared(peer, record)
            got = probe(do="conversation", folder=str(folder), **record)
            assert got.get("ids") == ids and got["is_target"][1:] == mask[1:], (record, got, ids, mask)


def test_truncated_completions(probe, base_folder, tmp_path):  # noqa: F811
    """What follows the maximum length is left out on both sides."""
    folder = folder_with(base_folder, tmp_path / "model", SOURCES["ours/llama-3.1-generation"])
    peer = transformers.AutoTokenizer.from_pretrained(folder)
    record = {"prompt": MESSAGES["three"][:3], "completion": MESSAGES["three"][3:4]}
    ids, mask = prepared(peer, record, True)
    for length in (len(ids), len(ids) - 1, len(ids) - 2):
        got = probe(do="conversation", folder=str(folder), max_length=length, date=NOW.isoformat(), **record)
        assert got["ids"] == ids[:length] and got["is_target"][1:] == mask[1:length]
