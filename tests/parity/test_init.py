"""Model folders of `model init` against transformers and sentencepiece: they load, with the same results.

Compared with transformers 5 and sentencepiece 0.2. The program is INTELIA_BUILD/bin/intelia, the probe of lib/tokens
INTELIA_BUILD/bin/tokens_probe. Known difference: transformers' LlamaTokenizer (legacy false) puts no prefix
space before text that starts with a space, sentencepiece does; so plain text here starts with another character.
"""
import json
import os
import pathlib
import subprocess

import pytest

transformers = pytest.importorskip("transformers")
sentencepiece = pytest.importorskip("sentencepiece")

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("INTELIA_BUILD", ROOT / "build/release")) / "bin"
DOCUMENTS = sorted((ROOT / "data/sample/documents").glob("*/*.md"))
CHAT = [
    {"role": "system", "content": "Sois bref."},
    {"role": "user", "content": "Combien d'eau ?\n\nPar jour <|assistant|> ou </s> ?"},
    {"role": "assistant", "content": "Deux fois l'aliment.\n\n- 1,8 l à 21 °C\n- 🐔"},
    {"role": "user", "content": "Thanks"},
    {"role": "assistant", "content": "You are welcome."},
]
PLAIN_CHAT = [{**message, "content": message["content"].replace("<|assistant|>", "").replace("</s>", "")}
              for message in CHAT]


def init(folder, *options):
    subprocess.run([BIN / "intelia", "model", "init", "--output", folder, "--quiet", *options], check=True)
    return folder


def probe_all(requests):
    """Answers of the probe of lib/tokens, one per request."""
    done = subprocess.run([BIN / "tokens_probe"], input="".join(json.dumps(request) + "\n" for request in requests),
                          capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert not [answer for answer in answers if "error" in answer]
    return answers


def probe(**request):
    return probe_all([request])[0]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return init(tmp_path_factory.mktemp("init") / "tiny", "--preset", "tiny",
                "--train-tokenizer", ",".join(map(str, DOCUMENTS)))


@pytest.fixture(scope="module")
def tokenizer(tiny):
    return transformers.AutoTokenizer.from_pretrained(tiny)


SMALL = ["--hidden-size", "64", "--heads", "4", "--layers", "2", "--intermediate-size", "96", "--vocab-size", "100"]


@pytest.mark.parametrize("options", [[],
                                     ["--tie-embeddings", "--dtype", "bfloat16"],
                                     ["--dtype", "float16", "--kv-heads", "1"],
                                     ["--preset", "mistral-7b", *SMALL],
                                     ["--preset", "llama-3.2-1b", *SMALL]])
def test_transformers_loads_the_model_whole(tmp_path, options):
    folder = init(tmp_path / "model", *options)
    model, report = transformers.AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True, dtype="auto")
    assert not report["missing_keys"] and not report["unexpected_keys"] and not report["mismatched_keys"]
    info = json.loads(subprocess.run([BIN / "intelia", "model", "info", "--model", folder, "--json"], check=True,
                                     capture_output=True).stdout)
    assert info["parameters"] == sum(parameter.numel() for parameter in model.parameters())
    assert info["architecture"] == model.config.model_type
    assert info["context"] == model.config.max_position_embeddings
    values = model.model.layers[0].mlp.up_proj.weight.float()
    assert abs(values.std().item() - 0.02) < 0.02 * 0.05
    assert (model.model.norm.weight == 1).all()


def test_the_folder_is_llama_2_of_its_kind(tiny, tokenizer):
    model = sentencepiece.SentencePieceProcessor(model_file=str(tiny / "tokenizer.model"))
    assert (model.unk_id(), model.bos_id(), model.eos_id(), model.pad_id()) == (0, 1, 2, -1)
    assert len(tokenizer) == model.get_piece_size() == 2048
    assert (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.unk_token_id) == (1, 2, 0)
    assert type(tokenizer).__name__.startswith("LlamaTokenizer")
    assert [tokenizer.convert_tokens_to_ids(f"<|{role}|>") for role in ("system", "user", "assistant")] == [3, 4, 5]
    assert all(model.is_control(id) for id in (3, 4, 5))


def test_plain_text_has_the_same_ids_as_sentencepiece(tiny, tokenizer):
    model = sentencepiece.SentencePieceProcessor(model_file=str(tiny / "tokenizer.model"))
    texts = [line for path in DOCUMENTS for line in path.read_text().split("\n") if line.strip() and line[0] != " "]
    texts += ["two  spaces", "tab\t\nline\n\n", "1234567890", "日本語 🐔👨‍👩‍👧", "aaaaaaaaaaaaa     b",
              "e\u0301 ﬁ ½ \u00a0x", "trailing  ", ""]
    assert len(texts) > 300
    ours = probe_all({"do": "encode", "folder": str(tiny), "text": text} for text in texts)
    for text, answer in zip(texts, ours, strict=True):
        expected = model.encode(text)
        assert tokenizer(text, add_special_tokens=False)["input_ids"] == expected, text
        assert answer["ids"] == expected, text
        assert tokenizer(text)["input_ids"] == [1, *expected]


def test_chat_has_the_same_ids_and_the_same_trained_ids(tiny, tokenizer):
    peer = tokenizer.apply_chat_template(PLAIN_CHAT, tokenize=True, return_assistant_tokens_mask=True, return_dict=True)
    ours = probe(do="conversation", folder=str(tiny), messages=PLAIN_CHAT)
    assert ours["ids"] == peer["input_ids"]
    assert ours["is_target"] == peer["assistant_masks"]
    assert ours["ids"].count(1) == 1 and ours["ids"][0] == 1
    # Each assistant turn is trained up to its end, and nothing else.
    assert [ours["ids"][i] for i, target in enumerate(ours["is_target"]) if target].count(2) == 2
    assert ours["ids"].count(2) == 2 and ours["ids"].count(5) == 2
    text = tokenizer.decode([id for id, target in zip(ours["ids"], ours["is_target"]) if target])
    assert text == "".join(message["content"] + "</s>" for message in PLAIN_CHAT if message["role"] == "assistant")


def test_what_a_user_typed_is_never_a_role(tiny):
    ours = probe(do="conversation", folder=str(tiny), messages=CHAT)
    assert ours["ids"].count(5) == 2 and ours["ids"].count(2) == 2


def test_the_prompt_is_the_peer_s(tiny, tokenizer):
    messages = PLAIN_CHAT[:2]
    peer = tokenizer.apply_chat_template(messages, tokenize=True, add_generation_prompt=True,
                                         return_dict=True)["input_ids"]
    assert probe(do="prompt", folder=str(tiny), messages=messages)["ids"] == peer
    assert peer[-1] == 5


def test_a_copied_tokenizer_gives_the_same_ids(tiny, tokenizer, tmp_path):
    copied = transformers.AutoTokenizer.from_pretrained(init(tmp_path / "copy", "--layers", "1", "--tokenizer", tiny))
    assert copied.get_vocab() == tokenizer.get_vocab()
    assert copied.chat_template == tokenizer.chat_template
    refused = subprocess.run([BIN / "intelia", "model", "init", "--output", tmp_path / "small", "--tokenizer", tiny,
                              "--vocab-size", "2047"], capture_output=True, text=True)
    assert refused.returncode == 2 and "2048 ids" in refused.stderr
    assert not (tmp_path / "small").exists()
