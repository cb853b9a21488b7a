#!/usr/bin/env python3
"""Writes tests/cli/tokenize/model: a byte-level tokenizer whose ids are easy to compute manually, and a small chat template.

A byte's id is its value; "he" is 256 and "hen" 257; <s> 258 (put before a text when special tokens are added), </s> 259,
<|user|> 260, <|bot|> 261. Lower-case words with the blank before them are one piece, everything else is split at each
character. Nothing of intelia is used.
usage: tests/support/byte_model.py FOLDER
"""
import json
import pathlib
import sys

# The printable characters for bytes in GPT-2's tokenizer: https://github.com/openai/gpt-2/blob/master/src/encoder.py
PRINTABLE = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]


def stand_in(byte: int) -> str:
    return chr(byte) if byte in PRINTABLE else chr(0x100 + [b for b in range(256) if b not in PRINTABLE].index(byte))


TEMPLATE = """{{- bos_token }}
{%- if tools %}{{ 'tools: ' + (tools | tojson) }}{% endif %}
{%- if documents %}{{ 'documents: ' + (documents | tojson) }}{% endif %}
{%- if mood is defined %}{{ 'mood: ' + mood }}{% endif %}
{%- for message in messages %}
{%- if message.role == 'system' %}{{ raise_exception('this model takes no system message') }}{% endif %}
{{- '<|bot|>' if message.role == 'assistant' else '<|user|>' }}{{ message.content }}{{ eos_token }}
{%- endfor %}
{%- if wants_date is defined %}{{ strftime_now('%d %B %Y') }}{% endif %}
{%- if add_generation_prompt %}{{ '<|bot|>' }}{% endif %}
"""


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {stand_in(byte): byte for byte in range(256)} | {"he": 256, "hen": 257}
    special = {"<s>": 258, "</s>": 259, "<|user|>": 260, "<|bot|>": 261}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    tokenizer = {
        "version": "1.0",
        "added_tokens": [{"id": number, "content": text, **flags} for text, number in special.items()],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": " ?[a-z]+|\\s|."}, "behavior": "Isolated", "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}]},
        "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                           "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                           "special_tokens": {"<s>": {"id": "<s>", "ids": [258], "tokens": ["<s>"]}}},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
                  "fuse_unk": False, "byte_fallback": False, "vocab": vocabulary, "merges": [["h", "e"], ["he", "n"]]},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False) + "\n", encoding="utf-8")
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config) + "\n", encoding="utf-8")
    (folder / "chat_template.jinja").write_text(TEMPLATE, encoding="utf-8")


if __name__ == "__main__":
    main()
