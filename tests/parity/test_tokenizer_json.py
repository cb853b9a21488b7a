"""Every part of a tokenizer.json against Hugging Face tokenizers: ids, byte ranges and decoding, option by option.

The files are built here with tokenizers. Two small models make every difference visible: one that gives each byte of the
normalized text an id, and one that gives each piece of the pre-tokenized text one token. Run with pytest; the probe is
INTELIA_BUILD/bin/tokens_probe (default build/release).
"""

import base64
import itertools
import json
import pathlib
import random
import struct

import pytest

sentencepiece = pytest.importorskip("sentencepiece")
tokenizers = pytest.importorskip("tokenizers")
transformers = pytest.importorskip("transformers")

ROOT = pathlib.Path(__file__).resolve().parents[2]

NASTY = [
    "", " ", "   ", "\t", "\n", "\r\n", "\r\n\r\n a", "a", " a", "a ", "  a  b  ", "\u00a0nbsp\u2003em\u3000", "\u180e mongolian\u0085nel\u2028ls\u2029ps",
    "\x00", "\x00a\x01b\x07\x0b\x0c\x1c\x1f\x7f\x8f\x9f", "\ufeffbom\ufffd\ufffe\uffff", "e\u0301", "\u00e9", "\u0301", "\u0301\u0301a", "a\u0323\u0301\u0302", "a\u0301\u0323",
    "\u1e9b\u0323", "\u212b\u2126", "\uac00\u11a8", "\u1100\u1161\u11a8", "\ud4db", "\u0344\u0345", "q\u0307\u0323 \u0323\u0307", "\u0f73\u0f71\u0f72", "\U0001d15e\U0001d165",
    "ﬁ ﬃ ½ Ⅷ ① ㎏ ㍿ ﷺ ｱﾞ ﾊﾟ", "İstanbul ıI Σσς ΑΣ ẞß Ǆǅǆ", "Don't, WE'LL; it’s—“x”… (a) [b] {c} <d> #1 $2 %3 &4 *5 +6 ~7 `8 ^9 _0 |a \\b /c @d =e",
    "x1y22z333 ½ ² Ⅷ ٣٤ ① 𝟘𝟙", "日本語のテキスト、カタカナー 中文。한국어 กขค हिन्दी עברית العربية", "👍🏽 👨‍👩‍👧‍👦 🇫🇷🇪🇸 ❤️ #️⃣", "a\u200bb\u200cc\u200dd\u200ee\u2060f\u00adg",
    "\U0001f600\U00020000\U000e0001\U000f0000\U0010fffd\ue000", "▁", "▁▁a▁ b", " ▁ ▁", "a--b---c", "the-final--countdown", "\n\n\n  \n x", "word\tword\nword", "ĠaĊ Ã©",
    "<s>", "a<s>b", " <s> ", "<s><s>", "x <s>  <s> y", "<S>", "<tok>", "a<tok>b", "a <tok> b", "_<tok>_", "é<tok>", "<tok> <tok>", "<tok>.<TOK>", "<s", "s>", "<s<s>>", "<to<tok>k>",
    "<0x41>", "<unk>", "<unk>a<unk>", "a" * 300, "é" * 150, " " * 100, "ab" * 150, "🐔" * 40, "aaa aaaa aaaaa", "1234567890", "z" * 33 + "\u0301" * 40,
]


def sample_text():
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in sorted((ROOT / "data" / "sample").rglob("*")) if path.suffix in {".md", ".txt", ".jsonl"})


SAMPLE = sample_text()
SAMPLE_LINES = [line for line in SAMPLE.splitlines() if line]


def random_texts(count, seed):
    rng = random.Random(seed)
    planes = [(0x00, 0x7F), (0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x5FF), (0x900, 0x97F), (0x1100, 0x11FF), (0x1E00, 0x206F), (0x2460, 0x24FF), (0x3000, 0x30FF),
              (0xAC00, 0xAC40), (0xFB00, 0xFDFF), (0xFF00, 0xFFEF), (0x1D15E, 0x1D1FF), (0x1F300, 0x1F64F)]
    pieces = NASTY + SAMPLE.split(" ")[:3000]
    texts = []
    for _ in range(count):
        parts = []
        for _ in range(rng.randint(1, 12)):
            if rng.random() < 0.5:
                parts.append(rng.choice(pieces)[:40])
            else:
                low, high = rng.choice(planes)
                parts.append("".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 6))))
            parts.append(rng.choice(["", "", " "]))
        texts.append("".join(parts))
    return texts


TEXTS = NASTY + random_texts(150, 11) + [SAMPLE[i : i + 800] for i in range(0, 16_000, 800)]

# Every code point but surrogates, in blocks: planes with characters in full, of the others one block.
BLOCK = 512
BLOCKS = [range(start, start + BLOCK) for start in itertools.chain(range(0, 0x40000, BLOCK), range(0xE0000, 0xE1000, BLOCK), [0x40000, 0xF0000, 0x10FE00])]
BLOCKS = [[c for c in block if not 0xD800 <= c < 0xE000] for block in BLOCKS]


def byte_ranges(text, spans):
    """Code point spans as byte spans."""
    ends = [0, *itertools.accumulate(len(character.encode("utf-8")) for character in text)]
    return [[ends[begin], ends[end]] for begin, end in spans]


class Pair:
    """One document, as read by intelia and by tokenizers."""

    def __init__(self, probe, folder, document):
        folder.mkdir(exist_ok=True)
        (folder / "tokenizer.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        self.probe, self.folder = probe, str(folder)
        self.peer = tokenizers.Tokenizer.from_str(json.dumps(document))

    def check_encoding(self, texts, ranges=True, add=False, parse=True):
        self.peer.encode_special_tokens = not parse
        for text in texts:
            want = self.peer.encode(text, add_special_tokens=add)
            got = self.probe(do="encode", folder=self.folder, text=text, parse=parse, add=add)
            assert got.get("ids") == want.ids, (text, got)
            if ranges:
                assert got["ranges"] == byte_ranges(text, want.offsets), text

    def check_decoding(self, lists):
        for ids in lists:
            for skip in (False, True):
                got = self.probe(do="decode", folder=self.folder, ids=ids, skip_special=skip)
                assert got.get("text") == self.peer.decode(ids, skip_special_tokens=skip), ids


def document_of(model, **parts):
    document = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None}
    return {**document, **parts, "model": model}


def bpe(vocabulary, merges=(), **options):
    return {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
            "ignore_merges": False, **options, "vocab": vocabulary, "merges": list(merges)}


BYTES_MODEL = bpe({f"<0x{byte:02X}>": byte for byte in range(256)}, byte_fallback=True)
PIECES_MODEL = bpe({"<unk>": 0}, unk_token="<unk>", fuse_unk=True)


def added(content, id, **flags):
    return {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False, **flags}


# ── normalizers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def charsmap(rules):
    """A map that SentencePiece compiles for NFKC with case folding, or for no rule, as in published models."""
    return {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(rules).decode()}


@pytest.fixture(scope="session")
def nmt_charsmap(tmp_path_factory):
    return spm_charsmap(tmp_path_factory.mktemp("nmt"), "nmt_nfkc")


@pytest.fixture(scope="session")
def folding_charsmap(tmp_path_factory):
    return spm_charsmap(tmp_path_factory.mktemp("folding"), "nfkc_cf")


def spm_charsmap(folder, rule):
    from sentencepiece import sentencepiece_model_pb2

    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(SAMPLE_LINES[:500]), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(input=str(corpus), model_prefix=str(folder / "m"), vocab_size=300, model_type="unigram", hard_vocab_limit=False, normalization_rule_name=rule, minloglevel=2)
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString((folder / "m.model").read_bytes())
    return charsmap(model.normalizer_spec.precompiled_charsmap)


def replace(pattern, content, kind="String"):
    return {"type": "Replace", "pattern": {kind: pattern}, "content": content}


def sequence(*parts, kind="normalizers"):
    return {"type": "Sequence", kind: list(parts)}


SIMPLE_NORMALIZERS = {name: {"type": name} for name in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel")}
NORMALIZERS = {
    **SIMPLE_NORMALIZERS,
    "Strip both": {"type": "Strip", "strip_left": True, "strip_right": True},
    "Strip left": {"type": "Strip", "strip_left": True, "strip_right": False},
    "Strip right": {"type": "Strip", "strip_left": False, "strip_right": True},
    "Prepend": {"type": "Prepend", "prepend": "▁é"},
    "Replace blank": replace(" ", "▁"),
    "Replace long by short": replace("the", "é"),
    "Replace by nothing": replace("a", ""),
    "Replace nothing": replace("", "·"),
    "Replace dot": replace(".", "!"),
    "Replace blanks": replace(" {2,}", " ", "Regex"),
    "Replace quotes": replace("[“”‘’]|(?<=t)h", "\"", "Regex"),
    "Replace gaps": replace("(?=[A-Z])", "_", "Regex"),
    "Replace line ends": replace("\\s+$|^\\s", "|", "Regex"),
    "Replace words": replace("\\w+", "w", "Regex"),
    "Llama 2": sequence({"type": "Prepend", "prepend": "▁"}, replace(" ", "▁")),
    "BERT-like": sequence({"type": "NFD"}, {"type": "Lowercase"}, {"type": "StripAccents"}),
    "T5-like": sequence({"type": "Nmt"}, {"type": "NFKC"}, replace(" {2,}", " ", "Regex"), {"type": "Strip", "strip_left": False, "strip_right": True}),
    "nested": sequence(sequence({"type": "NFKD"}, {"type": "StripAccents"}), sequence({"type": "Lowercase"}, {"type": "NFC"})),
    "composed twice": sequence({"type": "NFD"}, {"type": "NFC"}, {"type": "NFKC"}),
}


@pytest.mark.parametrize("name", NORMALIZERS)
def test_normalizers(probe, tmp_path, name):
    Pair(probe, tmp_path / "m", document_of(BYTES_MODEL, normalizer=NORMALIZERS[name])).check_encoding(TEXTS)


@pytest.mark.parametrize("rule", ["nmt_charsmap", "folding_charsmap"])
def test_precompiled(probe, tmp_path, rule, request):
    normalizer = request.getfixturevalue(rule)
    pair = Pair(probe, tmp_path / "m", document_of(BYTES_MODEL, normalizer=normalizer))
    pair.check_encoding(TEXTS)
    pair.check_encoding("".join(f"{chr(c)}x{chr(c)} " for c in block) for block in BLOCKS)
    xlm = sequence(normalizer, replace(" {2,}", "▁", "Regex"))
    Pair(probe, tmp_path / "x", document_of(BYTES_MODEL, normalizer=xlm)).check_encoding(TEXTS)


@pytest.mark.parametrize("name", [name for name in SIMPLE_NORMALIZERS if name != "ByteLevel"])
def test_normalizers_on_every_code_point(probe, tmp_path, name):
    pair = Pair(probe, tmp_path / "m", document_of(BYTES_MODEL, normalizer={"type": name}))
    pair.check_encoding("".join(f"{chr(c)}x" for c in block) for block in BLOCKS)
    if name.startswith("NF"):
        pair.check_encoding("".join(f"a{chr(c)}\u0323\u0301 {chr(c)}\u0345" for c in block) for block in BLOCKS[:160])


# ── pre-tokenizers ────────────────────────────────────────────────────────────────────────────────────────────────────

BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]


def split(pattern, behavior, invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def byte_level(add_prefix_space=False, use_regex=True):
    return {"type": "ByteLevel", "add_prefix_space": add_prefix_space, "trim_offsets": True, "use_regex": use_regex}


def metaspace(scheme, split=True, replacement="▁"):
    return {"type": "Metaspace", "replacement": replacement, "prepend_scheme": scheme, "split": split}


# https://huggingface.co/Qwen/Qwen2.5-7B/blob/main/tokenizer.json
QWEN2_PATTERN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"

PRE_TOKENIZERS = {
    **{f"{type} {behavior} {'inverted' if invert else ''}": split(pattern, behavior, invert, kind)
       for type, pattern, kind in (("text", "-", "String"), ("runs", "\\s+|[.,;]", "Regex")) for behavior in BEHAVIORS for invert in (False, True)},
    "Split empty": split("", "Isolated", kind="String"),
    "Split gaps": split("(?=(\\d{3})+(?!\\d))", "Isolated"),
    "Split gaps next": split("x*", "MergedWithNext"),
    "Split lines": split("^.+$|\\A\\s|\\s\\z", "Isolated"),
    "Split words": split("\\w+|\\W", "Isolated"),
    "Split categories": split("[\\p{L}\\p{M}]+|\\d+|\\pS|[^\\s\\p{L}\\p{N}]|\\P{Z}", "Isolated"),
    "Split han": split("[一-龥぀-ゟ゠-ヿ]+", "Isolated"),
    "Qwen 2": sequence(split(QWEN2_PATTERN, "Isolated"), byte_level(use_regex=False), kind="pretokenizers"),
    "DeepSeek": sequence(split("\\p{N}{1,3}", "Isolated"), split("[一-龥぀-ゟ゠-ヿ]+", "Isolated"),
                         split("[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+", "Isolated"),
                         byte_level(use_regex=False), kind="pretokenizers"),
    "Falcon": sequence({"type": "Punctuation", "behavior": "Contiguous"}, byte_level(), {"type": "Digits", "individual_digits": False}, split("[0-9][0-9][0-9]", "Isolated"), kind="pretokenizers"),
    "StarCoder": sequence({"type": "Digits", "individual_digits": True}, byte_level(), kind="pretokenizers"),
    "ByteLevel": byte_level(),
    "ByteLevel prefixed": byte_level(add_prefix_space=True),
    "ByteLevel whole": byte_level(use_regex=False),
    "ByteLevel prefixed whole": byte_level(add_prefix_space=True, use_regex=False),
    "ByteLevel prefixed late": sequence({"type": "Digits", "individual_digits": False}, byte_level(add_prefix_space=True), kind="pretokenizers"),
    "ByteLevel twice": sequence(byte_level(), byte_level(), kind="pretokenizers"),
    "Digits": {"type": "Digits", "individual_digits": False},
    "Digits individual": {"type": "Digits", "individual_digits": True},
    **{f"Metaspace {scheme} {whole}": metaspace(scheme, whole) for scheme in ("first", "always", "never") for whole in (True, False)},
    "Metaspace other": metaspace("always", replacement="_"),
    "Metaspace late": sequence({"type": "WhitespaceSplit"}, metaspace("first"), kind="pretokenizers"),
    "Metaspace after digits": sequence({"type": "Digits", "individual_digits": True}, metaspace("always"), kind="pretokenizers"),
    **{f"Punctuation {behavior}": {"type": "Punctuation", "behavior": behavior} for behavior in BEHAVIORS},
    "Whitespace": {"type": "Whitespace"},
    "WhitespaceSplit": {"type": "WhitespaceSplit"},
    "CharDelimiterSplit": {"type": "CharDelimiterSplit", "delimiter": "é"},
    "BertPreTokenizer": {"type": "BertPreTokenizer"},
    "FixedLength": {"type": "FixedLength", "length": 3},
    "nested": sequence(sequence({"type": "WhitespaceSplit"}, {"type": "Punctuation", "behavior": "Isolated"}, kind="pretokenizers"), {"type": "Digits", "individual_digits": True}, kind="pretokenizers"),
}


@pytest.mark.parametrize("name", PRE_TOKENIZERS)
@pytest.mark.parametrize("model", ["pieces", "bytes"])
def test_pre_tokenizers(probe, tmp_path, name, model):
    document = document_of({"pieces": PIECES_MODEL, "bytes": BYTES_MODEL}[model], pre_tokenizer=PRE_TOKENIZERS[name])
    Pair(probe, tmp_path / "m", document).check_encoding(TEXTS)


@pytest.mark.parametrize("name", ["Digits", "Punctuation Isolated", "Whitespace", "WhitespaceSplit", "BertPreTokenizer", "Split words", "Split categories", "Qwen 2", "ByteLevel"])
def test_pre_tokenizers_on_every_code_point(probe, tmp_path, name):
    pair = Pair(probe, tmp_path / "m", document_of(PIECES_MODEL, pre_tokenizer=PRE_TOKENIZERS[name]))
    pair.check_encoding("".join(f"x{chr(c)}" for c in block) for block in BLOCKS)


@pytest.mark.parametrize("normalizer", ["T5-like", "BERT-like", "Prepend", "Replace long by short"])
@pytest.mark.parametrize("pre_tokenizer", ["Metaspace first True", "ByteLevel prefixed", "Whitespace", "Falcon"])
def test_normalized_then_cut(probe, tmp_path, normalizer, pre_tokenizer):
    parts = {"normalizer": NORMALIZERS[normalizer], "pre_tokenizer": PRE_TOKENIZERS[pre_tokenizer]}
    Pair(probe, tmp_path / "m", document_of(PIECES_MODEL, **parts)).check_encoding(TEXTS)


# ── added tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("flags", [dict(zip(("lstrip", "rstrip", "single_word", "normalized", "special"), values)) for values in itertools.product((False, True), repeat=5)],
                         ids=lambda flags: "+".join(name for name, value in flags.items() if value) or "plain")
@pytest.mark.parametrize("normalizer", [None, "Lowercase", "Llama 2", "T5-like"])
def test_added_tokens(probe, tmp_path, flags, normalizer):
    tokens = [added("<s>", 256, special=True), added("<tok>", 257, **flags), added("tok", 258, single_word=True), added("<to", 259), added(" \n", 260), added("<unk>", 261, **flags)]
    document = document_of(BYTES_MODEL, added_tokens=tokens, normalizer=NORMALIZERS.get(normalizer), pre_tokenizer=metaspace("first"))
    pair = Pair(probe, tmp_path / "m", document)
    texts = [text for text in TEXTS if "<" in text or " \n" in text or "tok" in text] + TEXTS[:20]
    texts += ["a\u0301<tok>\u0301a", "<tok>\u200d", "\u2160<tok>", "①<tok>", "  <tok>  <tok>\n<s>  ", "tok tok_ tok-tok", "<tok><s><unk>", " <unk> <tok> ", "<to<tok>", "<tok> \n <tok>", "\x1c<tok>\x1d"]
    pair.check_encoding(texts)
    pair.check_encoding(texts, parse=False)
    pair.check_decoding([pair.peer.encode(text).ids for text in texts] + [[257, 65, 256, 258, 261, 66]])


@pytest.mark.parametrize("seed", range(12))
def test_many_overlapping_added_tokens(probe, tmp_path, seed):
    """Random tokens of few characters, which begin, end and contain each other, with random flags, in random texts of the same."""
    rng = random.Random(seed)
    letters = "ab<é \n"
    contents = {"".join(rng.choices(letters, k=rng.randint(1, 6))) for _ in range(rng.choice([3, 20, 200]))}
    flags = ("lstrip", "rstrip", "single_word", "normalized", "special")
    white = [content for content in contents if content.isspace()]  # what a neighbour has taken: see the next test
    tokens = [added(content, 256 + i, **{flag: rng.random() < 0.3 for flag in flags}) for i, content in enumerate(sorted(contents - set(white)))]
    document = document_of(BYTES_MODEL, added_tokens=tokens, normalizer=rng.choice([None, NORMALIZERS["Lowercase"], NORMALIZERS["Replace long by short"]]))
    pair = Pair(probe, tmp_path / "m", document)
    texts = ["".join(rng.choices(letters + "AB", k=rng.randint(0, 80))) for _ in range(200)]
    pair.check_encoding(texts)
    pair.check_encoding(texts, parse=False)


@pytest.mark.parametrize("flags", [{"lstrip": True}, {"lstrip": True, "rstrip": True}, {"rstrip": True}, {}], ids=lambda flags: "+".join(flags) or "plain")
@pytest.mark.parametrize("content", [" ", "\n", "  "])
def test_added_white_space_behind_a_token_that_takes_it(probe, tmp_path, content, flags):
    """<tok> takes the white space behind it (rstrip), which is an added token itself: with lstrip nothing of it remains."""
    tokens = [added("<tok>", 256, rstrip=True), added(content, 257, **flags)]
    pair = Pair(probe, tmp_path / "m", document_of(BYTES_MODEL, added_tokens=tokens))
    texts = [text.replace("_", content) for text in ("<tok>_x", "<tok>_", "_<tok>_x_", "a_<tok>_<tok>_b", "x_y")]
    if content == " ":
        texts += ["<tok> \n x", "<tok>\n x"] if "lstrip" not in flags else []
    pair.check_encoding(texts, ranges=False)


def test_configuration_overrides_flags(probe, tmp_path):
    """added_tokens_decoder of tokenizer_config.json against transformers: its flags replace those of tokenizer.json."""
    tokens = [added("<s>", 256, special=True), added("<tok>", 257, special=True), added("<x>", 258, rstrip=True)]
    document = document_of(BYTES_MODEL, added_tokens=tokens, pre_tokenizer=metaspace("never"))
    Pair(probe, tmp_path, document)
    changed = {"256": added("<s>", 256, special=True), "257": added("<tok>", 257, lstrip=True), "258": added("<x>", 258), "259": added("<new>", 259, special=True, rstrip=True)}
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "added_tokens_decoder": {key: {k: v for k, v in value.items() if k != "id"} for key, value in changed.items()}, "bos_token": "<s>"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    peer = transformers.AutoTokenizer.from_pretrained(str(tmp_path))
    for text in ["a <tok> b", "a <x> b", "a <new>  b", " <s> <s>", "<tok><x><new>"]:
        for parse in (True, False):
            want = peer(text, add_special_tokens=False, split_special_tokens=not parse)["input_ids"]
            assert probe(do="encode", folder=str(tmp_path), text=text, parse=parse)["ids"] == want, (text, parse)
    for skip in (False, True):
        ids = [97, 256, 257, 258, 259, 98]
        assert probe(do="decode", folder=str(tmp_path), ids=ids, skip_special=skip)["text"] == peer.decode(ids, skip_special_tokens=skip)


# ── models ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def trained(model, trainer, pre_tokenizer, normalizer=None):
    tokenizer = tokenizers.Tokenizer(model)
    document = json.loads(tokenizer.to_str())
    document.update(pre_tokenizer=pre_tokenizer, normalizer=normalizer)
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(document))
    tokenizer.train_from_iterator(SAMPLE_LINES, trainer)
    return json.loads(tokenizer.to_str())


@pytest.fixture(scope="session")
def trained_bpe():
    special = ["<unk>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=1500, special_tokens=special, limit_alphabet=90, show_progress=False)
    document = trained(tokenizers.models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True), trainer, metaspace("always"))
    document["added_tokens"] = []
    return document


@pytest.mark.parametrize("options", [dict(zip(("byte_fallback", "fuse_unk", "ignore_merges"), values)) for values in itertools.product((False, True), repeat=3)],
                         ids=lambda options: "+".join(name for name, value in options.items() if value) or "plain")
def test_bpe(probe, tmp_path, trained_bpe, options):
    document = {**trained_bpe, "model": {**trained_bpe["model"], **options}}
    document["model"]["vocab"] = {**document["model"]["vocab"], "▁unmergeable": len(document["model"]["vocab"])}
    Pair(probe, tmp_path / "m", document).check_encoding(TEXTS + ["an unmergeable word"])


@pytest.mark.parametrize("missing", [[], ["<0xC3>"], [f"<0x{byte:02X}>" for byte in range(0x80, 0x100, 2)]], ids=["all bytes", "without C3", "without even bytes"])
@pytest.mark.parametrize("fuse_unk", [False, True])
@pytest.mark.parametrize("unk_token", [None, "<unk>"])
def test_bpe_with_some_bytes(probe, tmp_path, trained_bpe, missing, fuse_unk, unk_token):
    vocabulary = {token: id for token, id in trained_bpe["model"]["vocab"].items() if token not in missing}
    model = {**trained_bpe["model"], "vocab": vocabulary, "byte_fallback": True, "fuse_unk": fuse_unk, "unk_token": unk_token}
    # The offsets of tokenizers are wrong for characters that are dropped or reported after later ones.
    Pair(probe, tmp_path / "m", {**trained_bpe, "model": model}).check_encoding(TEXTS, ranges=not missing)


@pytest.mark.parametrize("prefix,suffix", [("##", None), (None, "</w>"), ("##", "</w>"), ("é", "▁")])
@pytest.mark.parametrize("fuse_unk", [False, True])
def test_bpe_affixes(probe, tmp_path, prefix, suffix, fuse_unk):
    affixes = {name: value for name, value in (("continuing_subword_prefix", prefix), ("end_of_word_suffix", suffix)) if value}
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=1200, special_tokens=["<unk>"], limit_alphabet=80, show_progress=False, **affixes)
    document = trained(tokenizers.models.BPE(unk_token="<unk>", fuse_unk=fuse_unk, **affixes), trainer, {"type": "Whitespace"})
    document["decoder"] = {"type": "BPEDecoder", "suffix": suffix or "</w>"}
    pair = Pair(probe, tmp_path / "m", document)
    pair.check_encoding(TEXTS)
    pair.check_decoding([ids for ids in (pair.peer.encode(text).ids for text in TEXTS) if ids])


def test_unknown_token_that_is_never_needed(probe, tmp_path):
    model = {**BYTES_MODEL, "unk_token": "<nowhere>"}
    Pair(probe, tmp_path / "m", document_of(model)).check_encoding(TEXTS[:60])


def test_legacy_merges(probe, tmp_path, trained_bpe):
    model = {**trained_bpe["model"], "merges": ["#version: 0.2"] + [" ".join(pair) for pair in trained_bpe["model"]["merges"]]}
    Pair(probe, tmp_path / "m", {**trained_bpe, "model": model}).check_encoding(TEXTS[:80])


@pytest.fixture(scope="session")
def trained_unigram():
    trainer = tokenizers.trainers.UnigramTrainer(vocab_size=1500, special_tokens=["<unk>"], unk_token="<unk>", show_progress=False)
    document = trained(tokenizers.models.Unigram(), trainer, metaspace("always"))
    document["added_tokens"] = []
    return document


def with_bytes(document):
    vocabulary = document["model"]["vocab"] + [[f"<0x{byte:02X}>", -20.0 - byte / 7] for byte in range(256)]
    return {**document, "model": {**document["model"], "vocab": vocabulary, "byte_fallback": True}}


UNIGRAM_VARIANTS = {
    "as trained": lambda document: document,
    "byte fallback": with_bytes,
    "some bytes": lambda document: (made := with_bytes(document), made["model"]["vocab"].pop())[0],
    "whole text": lambda document: {**document, "pre_tokenizer": metaspace("first", split=False)},
    "repeated": lambda document: {**document, "model": {**document["model"], "vocab": document["model"]["vocab"] + [["▁the", -1.0], ["▁a", -50.0]]}},
    "no blanks": lambda document: {**document, "pre_tokenizer": None},
    "byte level": lambda document: {**document, "pre_tokenizer": byte_level()},
    "T5": lambda document: {**document, "normalizer": NORMALIZERS["T5-like"], "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}},
}


@pytest.mark.parametrize("name", UNIGRAM_VARIANTS)
def test_unigram(probe, tmp_path, trained_unigram, name):
    pair = Pair(probe, tmp_path / "m", UNIGRAM_VARIANTS[name](trained_unigram))
    pair.check_encoding(TEXTS)
    pair.check_decoding([pair.peer.encode(text).ids for text in TEXTS])


def test_unigram_scores_near_each_other(probe, tmp_path):
    """Ties and scores that differ in their last digits only, written with as many digits as files have."""
    rng = random.Random(5)
    pieces = ["".join(letters) for size in (1, 2, 3) for letters in itertools.product("ab", repeat=size)]
    for round in range(20):
        base = -rng.random() * 20
        vocabulary = [["<unk>", 0.0]] + [[piece, base * len(piece) + rng.choice([0.0, 1e-15, -1e-15, 3e-16])] for piece in pieces]
        document = document_of({"type": "Unigram", "unk_id": 0, "vocab": vocabulary, "byte_fallback": False})
        texts = ["".join(rng.choice("ab") for _ in range(rng.randint(1, 60))) for _ in range(60)] + ["a" * length for length in range(1, 40)]
        Pair(probe, tmp_path / f"m{round}", document).check_encoding(texts)


def test_unigram_without_unknown_token(probe, tmp_path):
    document = document_of({"type": "Unigram", "unk_id": None, "vocab": [["a", -1.0], ["ab", -2.0]], "byte_fallback": False})
    pair = Pair(probe, tmp_path / "m", document)
    pair.check_encoding(["", "a", "aab"])
    for text in ("c", "abc"):
        with pytest.raises(Exception, match="unk_id"):
            pair.peer.encode(text)
        assert "unknown token" in probe(do="encode", folder=pair.folder, text=text)["error"]


# ── post-processors ───────────────────────────────────────────────────────────────────────────────────────────────────


def template(pieces, ids):
    single = [{"Sequence": {"id": "A", "type_id": 0}} if piece == "$A" else {"SpecialToken": {"id": piece, "type_id": 0}} for piece in pieces.split()]
    return {"type": "TemplateProcessing", "single": single, "pair": single + [{"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {name: {"id": name, "ids": list(values), "tokens": [name] * len(values)} for name, values in ids.items()}}


POST_PROCESSORS = {
    "template": template("<s> $A </s>", {"<s>": [256], "</s>": [257]}),
    "template of several": template("<s> <s> $A </s> <s>", {"<s>": [256, 258], "</s>": [257]}),
    "template of none": template("$A", {}),
    "Llama 3": sequence({"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True}, template("<s> $A", {"<s>": [256]}), kind="processors"),
    "Bert": {"type": "BertProcessing", "sep": ["</s>", 257], "cls": ["<s>", 256]},
    "Roberta": {"type": "RobertaProcessing", "sep": ["</s>", 257], "cls": ["<s>", 256], "trim_offsets": False, "add_prefix_space": False},
    "nothing": None,
}


@pytest.mark.parametrize("name", POST_PROCESSORS)
def test_post_processors(probe, tmp_path, name):
    tokens = [added("<s>", 256, special=True), added("</s>", 257, special=True), added("<t>", 258, special=True)]
    pair = Pair(probe, tmp_path / "m", document_of(BYTES_MODEL, added_tokens=tokens, post_processor=POST_PROCESSORS[name]))
    pair.check_encoding(TEXTS[:80], add=True, ranges=False)
    pair.check_encoding(TEXTS[:80])


# ── decoders ──────────────────────────────────────────────────────────────────────────────────────────────────────────

DECODERS = {
    "none": None,
    "ByteLevel": byte_level(),
    "ByteFallback": {"type": "ByteFallback"},
    "Fuse": {"type": "Fuse"},
    "Replace": replace("▁", " "),
    "Replace pattern": replace("▁+|[aeiou]$", "-", "Regex"),
    "Replace gaps": replace("(?=[A-Z])", "_", "Regex"),
    "Strip": {"type": "Strip", "content": "▁", "start": 2, "stop": 0},
    "Strip blanks": sequence({"type": "Fuse"}, {"type": "Strip", "content": "a", "start": 1, "stop": 0}, kind="decoders"),
    "Metaspace always": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
    "Metaspace first": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True},
    "Metaspace never": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never", "split": True},
    "BPEDecoder": {"type": "BPEDecoder", "suffix": "▁"},
    "Llama 2": sequence(replace("▁", " "), {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}, kind="decoders"),
    "nested": sequence(sequence(replace("▁", " "), {"type": "ByteFallback"}, kind="decoders"), {"type": "Fuse"}, kind="decoders"),
}


@pytest.mark.parametrize("name", DECODERS)
def test_decoders(probe, tmp_path, trained_bpe, name):
    size = len(trained_bpe["model"]["vocab"])
    tokens = [added("<s>", size, special=True), added("▁▁x▁", size + 1), added("<0xC3", size + 2)]
    pair = Pair(probe, tmp_path / "m", {**trained_bpe, "decoder": DECODERS[name], "added_tokens": tokens})
    rng = random.Random(8)
    lists = [pair.peer.encode(text).ids for text in TEXTS[:120]]
    lists += [[rng.choice([rng.randrange(size + 3), rng.randrange(300), size + 1]) for _ in range(rng.randint(1, 20))] for _ in range(300)]
    lists += [[id] for id in range(size + 3)] + [[1, size + 50, 2]]
    pair.check_decoding([ids for ids in lists if ids])


# ── whole files ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_qwen2_file(probe, tmp_path):
    """NFC, the pattern of Qwen 2 and a byte-level vocabulary: a small version of the file of Qwen2.5."""
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=2000, initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    document = trained(tokenizers.models.BPE(), trainer, PRE_TOKENIZERS["Qwen 2"], {"type": "NFC"})
    size = len(document["model"]["vocab"])
    document.update(decoder=byte_level(), post_processor={"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False},
                    added_tokens=[added("<|im_start|>", size, special=True), added("<|im_end|>", size + 1, special=True), added("<tool_call>", size + 2)])
    pair = Pair(probe, tmp_path / "m", document)
    texts = TEXTS + ["<|im_start|>user\ne\u0301<|im_end|>\n<tool_call>{}</tool_call>"]
    pair.check_encoding(texts)
    pair.check_encoding(texts, parse=False)
    pair.check_decoding([pair.peer.encode(text).ids for text in texts])


def test_truncation_and_padding_are_not_looked_at(probe, tmp_path):
    """As in transformers: both are disabled unless a call requests them."""
    truncation = {"direction": "Right", "max_length": 3, "strategy": "LongestFirst", "stride": 0}
    padding = {"strategy": {"Fixed": 9}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": "<pad>"}
    document = document_of(BYTES_MODEL, truncation=truncation, padding=padding)
    Pair(probe, tmp_path, document)
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast"}))
    peer = transformers.AutoTokenizer.from_pretrained(str(tmp_path))
    for text in ("", "ab", "abcdef", "abcdefghijkl"):
        assert probe(do="encode", folder=str(tmp_path), text=text)["ids"] == peer(text)["input_ids"] == list(text.encode())


UNSUPPORTED = {
    "BertNormalizer": {"normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}},
    "Unheard": {"normalizer": {"type": "Unheard"}},
    "UnicodeScripts": {"pre_tokenizer": {"type": "UnicodeScripts"}},
    "several framing": {"post_processor": sequence(template("<s> $A", {"<s>": [256]}), template("</s> $A", {"</s>": [257]}), kind="processors")},
    "pre-tokenizer Nothing": {"pre_tokenizer": {"type": "Nothing"}},
    "intersection": {"pre_tokenizer": split("[a-z&&[^b]]", "Isolated")},
    "behavior Sideways": {"pre_tokenizer": split("a", "Sideways")},
    "post-processor Other": {"post_processor": {"type": "Other"}},
    "repeats its sequence": {"post_processor": template("$A $A", {})},
    "decoder WordPiece": {"decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True}},
    "decoder CTC": {"decoder": {"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": True}},
    "model WordPiece": {"model": {"type": "WordPiece", "unk_token": "a", "vocab": {"a": 0}}},
    "model WordLevel": {"model": {"type": "WordLevel", "unk_token": "a", "vocab": {"a": 0}}},
    "dropout": {"model": bpe({"a": 0}, dropout=0.1)},
    "byte_fallback and continuing_subword_prefix": {"model": bpe({"a": 0}, byte_fallback=True, continuing_subword_prefix="##")},
    "unknown token": {"model": bpe({"a": 0}, unk_token="<unk>")},
    "unk_id 7": {"model": {"type": "Unigram", "unk_id": 7, "vocab": [["a", 0.0]], "byte_fallback": False}},
    "precompiled_charsmap": {"normalizer": {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(struct.pack("<I", 400)).decode()}},
    "the id 999": {"post_processor": template("<s> $A", {"<s>": [999]})},
    "has the id 7, and 65 in the vocabulary": {"added_tokens": [added("<0x41>", 7)]},
    "leaves nothing": {"normalizer": {"type": "StripAccents"}, "added_tokens": [added("\u0301", 256, normalized=True)]},
    "merge number 1": {"model": bpe({"a": 0}, merges=[["a", "b"]])},
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_unsupported_is_named(probe, tmp_path, name):
    document = document_of(BYTES_MODEL)
    document.update(UNSUPPORTED[name])
    (tmp_path / "tokenizer.json").write_text(json.dumps(document))
    error = probe(do="encode", folder=str(tmp_path), text="x")["error"]
    assert name in error and "tokenizer.json" in error
