"""Tokenizer folders against transformers' AutoTokenizer: what the configuration files and the class change in a tokenizer.json.

A folder is a random combination of a vocabulary (with ▁ or of bytes), the rules of its file, a tokenizer_class, a model_type, legacy,
add_prefix_space, add_bos_token, add_eos_token, added_tokens_decoder, special_tokens_map.json, added_tokens.json, special tokens that
are in the vocabulary but not among the added tokens, extra_special_tokens (a list or named ones) and several chat templates. Compared:
ids of texts with and without special tokens, decoding, special ids, and a chat template that shows every special token. With the rules
of the file the peer is tokenizers itself.
"""

import copy
import json
import random

import pytest

SENTENCEPIECE = pytest.importorskip("sentencepiece")
tokenizers = pytest.importorskip("tokenizers")
transformers = pytest.importorskip("transformers")

from test_tokenizer_json import SAMPLE_LINES  # noqa: E402

NAMED = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
CHAT = ["<|user|>", "<|end|>", "<tool>"]
TEXTS = ["", " ", "Hello world", " Hello  world ", "[INST] a [/INST] b</s><s>[INST] c", "<s>[INST] x", "x<|end|>y", "<|user|> a <|end|>\n<|user|>b",
         "é ▁ 日本語 👍🏽", "<unk><pad><tool>", "a\n\n  b\tc", "<turn>x<turn>", "don't 1234 WE'LL", "e\u0301\u212b", "<mask><bos><eos><|endoftext|>", "<FILL_ME> ▁<PRE>x"]


def trained(kind):
    """A vocabulary in which some special tokens are plain entries."""
    specials = list(NAMED.values()) + CHAT
    if kind == "marks":
        tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
        tokenizer.normalizer = tokenizers.normalizers.Sequence([tokenizers.normalizers.Prepend("▁"), tokenizers.normalizers.Replace(" ", "▁")])
        tokenizer.decoder = tokenizers.decoders.Sequence([tokenizers.decoders.Replace("▁", " "), tokenizers.decoders.ByteFallback(),
                                                          tokenizers.decoders.Fuse(), tokenizers.decoders.Strip(" ", 1, 0)])
        specials = specials[:3] + [f"<0x{byte:02X}>" for byte in range(256)] + specials[3:]
    else:
        tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
        tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=900, special_tokens=specials, show_progress=False,
                                             initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet() if kind == "bytes" else [])
    tokenizer.train_from_iterator(SAMPLE_LINES[:400], trainer)
    document = json.loads(tokenizer.to_str())
    document["added_tokens"] = []
    return document


DOCUMENTS = {kind: trained(kind) for kind in ("marks", "bytes")}
FILE_RULES = {
    "marks": [("llama 2", lambda d: d),
              ("metaspace", lambda d: {**d, "normalizer": None, "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": False}}),
              ("gemma", lambda d: {**d, "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
                                   "pre_tokenizer": {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False}})],
    "bytes": [("gpt2", lambda d: d),
              ("lowercase", lambda d: {**d, "normalizer": {"type": "Lowercase"}}),
              ("ignore merges", lambda d: {**d, "model": {**d["model"], "ignore_merges": True}})],
}
CLASSES = {"marks": ["LlamaTokenizer", "LlamaTokenizerFast", "CodeLlamaTokenizer", "CodeLlamaTokenizerFast", "GemmaTokenizer", "PreTrainedTokenizerFast",
                     "TokenizersBackend", "SomethingElse", None],
           "bytes": ["Qwen2Tokenizer", "Qwen2TokenizerFast", "GPT2Tokenizer", "GPTNeoXTokenizer", "LlamaTokenizer", "PreTrainedTokenizerFast", None]}
TYPES = {"marks": ["llama", "mistral", "gemma2", "phi3", "code_llama", None], "bytes": ["llama", "qwen2", "qwen3", "phi3", "gpt2", "phi", None]}


def added(content, **flags):
    return {"content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True, **flags}


def post_processor(rng, ids):
    bos = {"SpecialToken": {"id": "<s>", "type_id": 0}}
    single = [{"Sequence": {"id": "A", "type_id": 0}}]
    if rng.random() < 0.5:
        single = [bos] + single
    special = {"<s>": {"id": "<s>", "ids": [ids["<s>"]], "tokens": ["<s>"]}}
    return {"type": "TemplateProcessing", "single": single, "pair": single + [{"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": special}


def write(path, document):
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def random_folder(folder, rng):
    """A random folder; returns what was chosen, for messages."""
    kind = rng.choice(["marks", "bytes"])
    rules, change = rng.choice(FILE_RULES[kind])
    document = change(copy.deepcopy(DOCUMENTS[kind]))
    ids = document["model"]["vocab"]
    some = lambda names, chance: [name for name in names if rng.random() < chance]
    maybe = lambda *values: rng.choice(values)
    # Only tokens that are entries of the vocabulary: tokenizers gives others ids by position.
    of_file = some(list(NAMED.values()) + CHAT, 0.6)
    document["added_tokens"] = sorted(({"id": ids[c], **added(c, lstrip=maybe(True, False, False), special=maybe(True, True, False))} for c in of_file),
                                      key=lambda token: token["id"])
    if rng.random() < 0.6:
        document["post_processor"] = post_processor(rng, ids)
    config = {key: value for key, value in (("tokenizer_class", rng.choice(CLASSES[kind])), ("legacy", maybe(None, True, False, "absent")),
                                            ("add_prefix_space", maybe(None, True, False, "absent")), ("add_bos_token", maybe(True, False, "absent")),
                                            ("add_eos_token", maybe(True, False, "absent"))) if value != "absent"}
    if config["tokenizer_class"] is None:
        del config["tokenizer_class"]
    for name, text in NAMED.items():
        if rng.random() < 0.6:
            config[name] = maybe(text, {"__type": "AddedToken", **added(text, rstrip=True)}, None, text)
    if rng.random() < 0.4:
        config["added_tokens_decoder"] = {str(ids[c]): added(c, rstrip=maybe(True, False), special=maybe(True, False))
                                          for c in some(list(NAMED.values()) + CHAT, 0.6)}
    extra = rng.random()
    if extra < 0.25:
        config["extra_special_tokens"] = {"turn_token": "<turn>", "user_token": "<|user|>"}
    elif extra < 0.5:
        config[maybe("extra_special_tokens", "additional_special_tokens")] = ["<|end|>", "<turn>"]
    if rng.random() < 0.3:
        config["tool_token"] = "<tool>"
    write(folder / "tokenizer.json", document)
    write(folder / "tokenizer_config.json", config)
    model_type = rng.choice(TYPES[kind])
    if model_type:
        write(folder / "config.json", {"model_type": model_type, "vocab_size": 1000})
    if rng.random() < 0.3:
        write(folder / "special_tokens_map.json", {"eos_token": maybe("<|end|>", added("<|end|>")), "sep_token": "<tool>"})
    show = " ".join("{{ %s }}" % name for name in [*NAMED, "sep_token", "mask_token", "turn_token", "user_token", "tool_token", "prefix_token", "fill_token"])
    (folder / "chat_template.jinja").write_text(show, encoding="utf-8")
    return {"rules": rules, "type": model_type, **{key: config.get(key, "absent") for key in ("tokenizer_class", "legacy", "add_prefix_space")}}


@pytest.mark.parametrize("seed", range(150))
def test_generated_folders(probe, tmp_path, seed):
    chosen = random_folder(tmp_path, random.Random(seed))
    print(chosen)
    folder = str(tmp_path)
    try:
        peer = transformers.AutoTokenizer.from_pretrained(folder)
    except TypeError as error:
        assert "'None' is not an instance of 'bool'" in str(error)  # some classes take no null as add_prefix_space
        return
    # CodeLlama's infilling of texts with <FILL_ME> is a function of that class, not of the tokenizer.
    texts = [text for text in TEXTS if "<FILL_ME>" not in text or type(peer).__name__ != "CodeLlamaTokenizer"]
    for text in texts:
        for parse in (True, False):
            for add in (True, False):
                want = peer(text, add_special_tokens=add, split_special_tokens=not parse)["input_ids"]
                got = probe(do="encode", folder=folder, text=text, parse=parse, add=add)
                assert got.get("ids") == want, (text, parse, add, got, peer.convert_ids_to_tokens(want), type(peer).__name__)
    ids = [i for text in texts for i in peer(text, add_special_tokens=False)["input_ids"]]
    for skip in (True, False):
        assert probe(do="decode", folder=folder, ids=ids, skip_special=skip)["text"] == peer.decode(ids, skip_special_tokens=skip), skip
    messages = [{"role": "user", "content": "x"}]
    assert probe(do="render", folder=folder, messages=messages)["text"] == peer.apply_chat_template(messages, tokenize=False)


@pytest.mark.parametrize("seed", range(20))
def test_rules_of_the_file(probe, tmp_path, seed):
    """With the rules of the file, the ids are those of tokenizers on tokenizer.json alone."""
    random_folder(tmp_path, random.Random(seed))
    peer = tokenizers.Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    for text in TEXTS:
        for add in (True, False):
            assert probe(do="encode", folder=str(tmp_path), rules="file", text=text, parse=True, add=add)["ids"] == peer.encode(text, add_special_tokens=add).ids


def test_a_class_that_is_not_known(probe, tmp_path):
    write(tmp_path / "tokenizer.json", DOCUMENTS["bytes"])
    write(tmp_path / "tokenizer_config.json", {"tokenizer_class": "CohereTokenizer"})
    assert "CohereTokenizer" in probe(do="encode", folder=str(tmp_path), text="x")["error"]
    assert probe(do="encode", folder=str(tmp_path), rules="file", text="x")["ids"]


TOOLS = [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}}}]
USUAL, WITH_TOOLS = "usual {{ messages[0].content }}", "tools {{ tools | tojson }} {{ messages[0].content }}"
TEMPLATE_FORMS = {
    "list": lambda folder: config_with(folder, [{"name": "default", "template": USUAL}, {"name": "tool_use", "template": WITH_TOOLS}, {"name": "rag", "template": "rag"}]),
    "list without tool_use": lambda folder: config_with(folder, [{"name": "default", "template": USUAL}, {"name": "rag", "template": "rag"}]),
    "files": lambda folder: template_files(folder, {"tool_use": WITH_TOOLS, "rag": "rag"}),
    "files win over the list": lambda folder: (config_with(folder, [{"name": "default", "template": "old"}, {"name": "tool_use", "template": "old tools"}]), template_files(folder, {})),
    "one string": lambda folder: config_with(folder, WITH_TOOLS),
}


def config_with(folder, chat_template):
    write(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "chat_template": chat_template})


def template_files(folder, more):
    (folder / "chat_template.jinja").write_text(USUAL)
    for name, source in more.items():
        (folder / "additional_chat_templates").mkdir(exist_ok=True)
        (folder / "additional_chat_templates" / f"{name}.jinja").write_text(source)


@pytest.mark.parametrize("form", TEMPLATE_FORMS)
def test_named_templates(probe, tmp_path, form):
    write(tmp_path / "tokenizer.json", DOCUMENTS["bytes"])
    write(tmp_path / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"})
    TEMPLATE_FORMS[form](tmp_path)
    peer = transformers.AutoTokenizer.from_pretrained(str(tmp_path))
    messages = [{"role": "user", "content": "x"}]
    for tools in (None, TOOLS, []):
        want = peer.apply_chat_template(messages, tools=tools, tokenize=False)
        assert probe(do="render", folder=str(tmp_path), messages=messages, tools=tools)["text"] == want, tools





@pytest.mark.parametrize("adds_prefix", [True, False])
@pytest.mark.parametrize("removes_blanks", [True, False])
@pytest.mark.parametrize("kind", ["bpe", "unigram"])
def test_sentencepiece_alone(probe, tmp_path, adds_prefix, removes_blanks, kind):
    """A tokenizer.model without configuration encodes and decodes as SentencePiece: blanks, and the unknown token."""
    (tmp_path / "corpus.txt").write_text("\n".join(SAMPLE_LINES[:400]), encoding="utf-8")
    SENTENCEPIECE.SentencePieceTrainer.train(
        input=str(tmp_path / "corpus.txt"), model_prefix=str(tmp_path / "tokenizer"), vocab_size=600, model_type=kind, byte_fallback=False,
        normalization_rule_name="identity", remove_extra_whitespaces=removes_blanks, add_dummy_prefix=adds_prefix, num_threads=1, minloglevel=2)
    peer = SENTENCEPIECE.SentencePieceProcessor(model_file=str(tmp_path / "tokenizer.model"))
    for text in ["hello world", " hello  world ", "  a", "日本 x", "日本", "x 日", " 日 ", "\tb", ""]:
        ids = peer.encode(text)
        assert probe(do="encode", folder=str(tmp_path), text=text)["ids"] == ids, text
        assert probe(do="decode", folder=str(tmp_path), ids=ids)["text"] == peer.decode(ids), (text, ids)
