"""Text and ids, chat templates and masks against tokenizers, sentencepiece, transformers and jinja2.

Every expected value is computed here by these packages. The tokenizers are trained here from Python's own documentation and from
sentences in four languages, so nothing is downloaded. Run with pytest; the probe is INTELIA_BUILD/bin/tokens_probe (default
build/release), the outside vectors are in INTELIA_EXTERNAL_DATA (default ../shared/data).
"""

import copy
import importlib
import inspect
import json
import os
import pathlib
import random

import pytest

sentencepiece = pytest.importorskip("sentencepiece")
tokenizers = pytest.importorskip("tokenizers")
transformers = pytest.importorskip("transformers")

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATES = pathlib.Path(__file__).resolve().parent / "templates"
EXTERNAL = pathlib.Path(os.environ.get("INTELIA_EXTERNAL_DATA", ROOT / ".." / "shared" / "data")).resolve()

# https://github.com/meta-llama/llama-models, tokenizer of Llama 3
LLAMA3_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

SENTENCES = [
    "La coccidiose est une maladie parasitaire fréquente chez les poulets de chair ; surveillez l'humidité de la litière.",
    "Coccidiosis shows as bloody droppings, ruffled feathers and a fall in feed intake within a few days.",
    "¿Cuántos gramos de pienso consume un pollo a los 21 días? El índice de conversión debería mejorar.",
    "A vacinação das poedeiras começa no primeiro dia: não há segredo, só disciplina e água limpa.",
    "Température : 32 °C à J1, 28 °C à J7 – puis ½ degré de moins par jour… œufs, cœur, Noël, Łódź, ﬁn.",
    "def feed(birds: int, grams: float = 120.5) -> float:\n    \"\"\"Kilograms a day.\"\"\"\n\treturn birds * grams / 1_000  # O(1)\n",
    "for (int i = 0; i < n; ++i) { sum += x[i] * y[i]; }\n\n\n    // don't, we'll, I'VE, it'S, 'Tis\r\n\r\n",
    "🐔🐣 family: 👨‍👩‍👧‍👦 flags: 🇫🇷🇪🇸 skin: 👍🏽 zero width:\u200b|\u200d|\ufeff soft\u00adhyphen",
    "日本語のテキストと中文文本 한국어 العربية עברית हिन्दी ภาษาไทย ελληνικά русский",
    "combining: e\u0301 a\u0308 n\u0303; ligature ﬃ; math 𝒳𝔸𝟘 ∑∞≠; private \ue000; unassigned-ish \U000e0001",
    "tabs\t\tand   many      spaces  \n  \n\n \t \n trailing   ",
    " leading space", "  two leading", "\nnewline first", "\t", " ", "", "\u00a0nbsp\u2003em\u3000ideographic\u180emongolian\u0085nel",
    "control \x00 nul \x01 \x07 \x1b[0m \x7f end", "1234567890 12 345 6,789.01 ²³ ½ ٣٤ Ⅷ ①",
    "<s> </s> <unk> <0x0A> <|eot_id|> [INST] <<SYS>> <|im_start|> ▁under▁score ▁", "a" * 700, "é" * 300, "ab" * 400, " " * 200, "🐔" * 80,
    "İstanbul ıı ſ K Å straße STRASSE", "x'S y'ſ z'LL",
]

UNMERGED_WORD = "zqxwvkjzq"


def documentation_text():
    parts = []
    for name in "argparse asyncio collections csv datetime email functools heapq http inspect io json logging os pathlib random re socket statistics string subprocess textwrap threading typing unittest urllib.parse zipfile".split():
        module = importlib.import_module(name)
        for member in [module] + [value for _, value in sorted(vars(module).items(), key=lambda item: item[0])]:
            doc = inspect.getdoc(member) if not isinstance(member, (int, float, dict)) else None
            if doc:
                parts.append(doc)
    return "\n\n".join(parts)


def random_texts(count, seed):
    rng = random.Random(seed)
    words = " ".join(SENTENCES).split(" ")
    planes = [(0x20, 0x7E), (0xA0, 0x24F), (0x370, 0x4FF), (0x900, 0x97F), (0x4E00, 0x4FFF), (0x1F300, 0x1F64F), (0x1D400, 0x1D4FF), (0x00, 0x1F)]
    texts = []
    for _ in range(count):
        parts = []
        for _ in range(rng.randint(1, 30)):
            kind = rng.random()
            if kind < 0.5:
                parts.append(rng.choice(words))
            elif kind < 0.8:
                low, high = rng.choice(planes)
                parts.append("".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 6))))
            else:
                parts.append(rng.choice(["  ", "\n", "\n\n", "\t", " \n ", "\r\n", "   "]))
            parts.append(rng.choice(["", " "]))
        texts.append("".join(parts))
    return texts


@pytest.fixture(scope="session")
def texts():
    documentation = documentation_text()
    chunks = [documentation[i : i + 700] for i in range(0, min(len(documentation), 350_000), 700)]
    data = []
    for path in sorted((ROOT / "data").rglob("*")):
        if path.suffix in {".md", ".txt", ".sql", ".jsonl"} and path.is_file():
            content = path.read_text(encoding="utf-8", errors="replace")
            data += [content[i : i + 1500] for i in range(0, min(len(content), 150_000), 1500)]
    return SENTENCES + [f"{UNMERGED_WORD} {UNMERGED_WORD}", f"{UNMERGED_WORD}{UNMERGED_WORD}"] + chunks + data[:400] + random_texts(400, 7)


def training_lines():
    return [line for line in (documentation_text() + "\n" + "\n".join(SENTENCES * 20)).split("\n") if line]


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")


LLAMA3_SPECIAL = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|im_start|>", "<|im_end|>", "<|end|>",
                  "<|user|>", "<|assistant|>", "<|system|>", "[INST]", "[/INST]"]
LLAMA3_SPECIAL += [f"<|reserved_special_token_{i}|>" for i in range(256 - len(LLAMA3_SPECIAL))]


@pytest.fixture(scope="session")
def llama3_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("llama3")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(ignore_merges=True))
    split = tokenizers.pre_tokenizers.Split(tokenizers.Regex(LLAMA3_PATTERN), "isolated")
    byte_level = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Sequence([split, byte_level])
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=5000, initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(training_lines(), trainer)
    document = json.loads(tokenizer.to_str())
    # A word that no merges produce: only ignore_merges finds it.
    vocabulary = document["model"]["vocab"]
    vocabulary[UNMERGED_WORD] = len(vocabulary)
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(document))
    tokenizer.add_special_tokens([tokenizers.AddedToken(token, special=True, normalized=False) for token in LLAMA3_SPECIAL])
    bos = "<|begin_of_text|>"
    template = tokenizers.processors.TemplateProcessing(single=f"{bos} $A", pair=f"{bos} $A {bos} $B", special_tokens=[(bos, tokenizer.token_to_id(bos))])
    tokenizer.post_processor = tokenizers.processors.Sequence([tokenizers.processors.ByteLevel(trim_offsets=True), template])
    tokenizer.save(str(folder / "tokenizer.json"))
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": bos, "eos_token": "<|eot_id|>", "clean_up_tokenization_spaces": False})
    (folder / "chat_template.jinja").write_text((TEMPLATES / "llama-3.1.jinja").read_text())
    write_json(folder / "generation_config.json", {"eos_token_id": [tokenizer.token_to_id("<|end_of_text|>"), tokenizer.token_to_id("<|eot_id|>")]})
    return folder


@pytest.fixture(scope="session")
def sentencepiece_model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sentencepiece")
    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(training_lines()), encoding="utf-8")
    # Trained like the model of Llama 2: https://github.com/google/sentencepiece/blob/master/doc/options.md
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus), model_prefix=str(folder / "tokenizer"), vocab_size=3000, model_type="bpe", byte_fallback=True, split_digits=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, allow_whitespace_only_pieces=True, add_dummy_prefix=True,
        character_coverage=0.9995, num_threads=2, minloglevel=2)
    return (folder / "tokenizer.model").read_bytes()


def sentencepiece_folder(folder, model, legacy):
    folder.mkdir()
    (folder / "tokenizer.model").write_bytes(model)
    added = {"0": "<unk>", "1": "<s>", "2": "</s>", "3000": "<|im_start|>", "3001": "<|im_end|>", "3002": "<|end|>"}
    decoder = {key: {"content": token, "lstrip": False, "rstrip": False, "normalized": False, "single_word": False, "special": True} for key, token in added.items()}
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "legacy": legacy,
                                                  "add_bos_token": True, "add_eos_token": False, "added_tokens_decoder": decoder, "clean_up_tokenization_spaces": False})
    (folder / "chat_template.jinja").write_text((TEMPLATES / "llama-2.jinja").read_text())
    return folder


@pytest.fixture(scope="session", params=[False, True], ids=["legacy=False", "legacy=True"])
def llama2_folder(request, sentencepiece_model, tmp_path_factory):
    return sentencepiece_folder(tmp_path_factory.mktemp("llama2") / "model", sentencepiece_model, request.param)


def transformers_tokenizer(folder):
    return transformers.AutoTokenizer.from_pretrained(str(folder))


def byte_offsets(text, spans):
    """Code point spans as byte spans."""
    ends = [0]
    for character in text:
        ends.append(ends[-1] + len(character.encode("utf-8")))
    return [[ends[begin], ends[end]] for begin, end in spans]


def assert_same_ids(probe, folder, encode, texts, **flags):
    for text in texts:
        got = probe(do="encode", folder=str(folder), text=text, **flags)
        want = encode(text)
        assert got.get("ids") == want, f"{text!r}: {got} instead of {want}"


def test_byte_level_ids(probe, llama3_folder, texts):
    peer = tokenizers.Tokenizer.from_file(str(llama3_folder / "tokenizer.json"))
    assert len(peer.encode(UNMERGED_WORD, add_special_tokens=False).ids) == 1  # only ignore_merges does that
    assert_same_ids(probe, llama3_folder, lambda text: peer.encode(text, add_special_tokens=False).ids, texts, parse=True)
    assert_same_ids(probe, llama3_folder, lambda text: peer.encode(text, add_special_tokens=True).ids, texts, parse=True, add=True)
    peer.encode_special_tokens = True
    assert_same_ids(probe, llama3_folder, lambda text: peer.encode(text, add_special_tokens=False).ids, texts)


def test_every_code_point(probe, llama3_folder):
    """Blocks of 64 code points, between letters and between blanks. Oniguruma and PCRE2 know different Unicode versions: code
    points that only one of them has are excluded, by Python's version."""
    import unicodedata

    peer = tokenizers.Tokenizer.from_file(str(llama3_folder / "tokenizer.json"))
    different = []
    for start in list(range(0, 0x3400, 64)) + list(range(0xA000, 0xAC00, 64)) + list(range(0xD7A4 // 64 * 64 + 64, 0xD800, 64)) + list(range(0xE000, 0x20000, 64)):
        block = [chr(c) for c in range(start, start + 64) if unicodedata.category(chr(c)) not in ("Cn", "Cs")]
        if not block:
            continue
        for joined in ("".join(block), " ".join(block), "".join(f"a{c}1 {c}\n" for c in block)):
            if probe(do="encode", folder=str(llama3_folder), text=joined)["ids"] != peer.encode(joined, add_special_tokens=False).ids:
                different.append(hex(start))
    assert not different


def test_byte_level_ranges(probe, llama3_folder):
    """The byte ranges equal the offsets of tokenizers (which, in a file without a trimming post-processor, keep their blanks)."""
    document = json.loads((llama3_folder / "tokenizer.json").read_text())
    document["post_processor"] = None
    peer = tokenizers.Tokenizer.from_str(json.dumps(document))
    for text in SENTENCES:
        encoding = peer.encode(text, add_special_tokens=False)
        got = probe(do="encode", folder=str(llama3_folder), text=text, parse=True)
        assert got["ids"] == encoding.ids
        assert got["ranges"] == byte_offsets(text, encoding.offsets), text


def test_byte_level_decode(probe, llama3_folder, texts):
    peer = tokenizers.Tokenizer.from_file(str(llama3_folder / "tokenizer.json"))
    rng = random.Random(3)
    samples = [peer.encode(text).ids for text in texts[:200]] + [[rng.randrange(peer.get_vocab_size()) for _ in range(20)] for _ in range(200)]
    for ids in samples:
        for skip in (False, True):
            assert probe(do="decode", folder=str(llama3_folder), ids=ids, skip_special=skip)["text"] == peer.decode(ids, skip_special_tokens=skip)


def test_sentencepiece_ids(probe, llama2_folder, texts):
    """Text without control tokens: the result of the library, on which the models were trained."""
    peer = sentencepiece.SentencePieceProcessor(model_file=str(llama2_folder / "tokenizer.model"))
    assert_same_ids(probe, llama2_folder, peer.encode, texts)
    assert_same_ids(probe, llama2_folder, lambda text: [1] + peer.encode(text), texts[:50], add=True)


def test_sentencepiece_with_control_tokens(probe, llama2_folder, texts):
    peer = transformers_tokenizer(llama2_folder)
    rng = random.Random(5)
    words = [word for text in SENTENCES[:5] for word in text.split()]
    for _ in range(300):
        parts = [" ".join(rng.sample(words, rng.randint(1, 4))) for _ in range(rng.randint(1, 4))]
        text = rng.choice(["<s>", "</s>", "<|im_start|>", "<|im_end|>\n"]).join(parts)
        if rng.random() < 0.5:
            text = "<s>" + text
        want = peer(text, add_special_tokens=False)["input_ids"]
        assert probe(do="encode", folder=str(llama2_folder), text=text, parse=True)["ids"] == want, text


def test_sentencepiece_decode(probe, llama2_folder, texts):
    peer = transformers_tokenizer(llama2_folder)
    rng = random.Random(4)
    for ids in [peer(text)["input_ids"] for text in texts[:150]] + [[rng.randrange(3003) for _ in range(15)] for _ in range(200)]:
        for skip in (False, True):
            got = probe(do="decode", folder=str(llama2_folder), ids=ids, skip_special=skip)["text"]
            assert got == peer.decode(ids, skip_special_tokens=skip), ids


def llama2_json(folder, variant):
    """The tokenizer.json that transformers creates from the model, as old files have it (a normalizer) or new ones (Metaspace)."""
    peer = transformers_tokenizer(folder)
    document = json.loads(peer.backend_tokenizer.to_str())
    if variant == "normalizer":
        document["pre_tokenizer"] = None
        replace = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
        document["normalizer"] = {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, replace]}
    elif variant != "as made":
        scheme, split = variant.split("/")
        document["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": split == "split"}
    return document


@pytest.mark.parametrize("variant", ["normalizer", "as made", "first/whole", "always/split", "never/split"])
@pytest.mark.parametrize("normalized_token", [False, True])
def test_byte_fallback_json(probe, sentencepiece_model, texts, tmp_path, variant, normalized_token):
    document = llama2_json(sentencepiece_folder(tmp_path / "source", sentencepiece_model, False), variant)
    if normalized_token:
        document["added_tokens"].append({"id": 3003, "content": "<extra>", "single_word": False, "lstrip": False, "rstrip": False, "normalized": True, "special": False})
        document["added_tokens"].append({"id": 3004, "content": "<wide>", "single_word": False, "lstrip": True, "rstrip": True, "normalized": False, "special": True})
    folder = tmp_path / "model"
    folder.mkdir()
    write_json(folder / "tokenizer.json", document)
    peer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    more = ["a<s>b</s> c", "<s>", " <s> x", "hello <extra> there", "<extra>x", "a  <wide>  b", "<wide>"]
    assert_same_ids(probe, folder, lambda text: peer.encode(text, add_special_tokens=False).ids, texts[:250] + more, parse=True)
    rng = random.Random(6)
    for ids in [peer.encode(text).ids for text in texts[:60] + more] + [[rng.randrange(3003) for _ in range(15)] for _ in range(100)]:
        assert probe(do="decode", folder=str(folder), ids=ids)["text"] == peer.decode(ids, skip_special_tokens=False)


def change(path, value):
    def apply(document):
        place = document
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return apply


UNSUPPORTED = [
    (change(["model", "type"], "WordPiece"), "WordPiece"),
    (change(["model", "dropout"], 0.1), "dropout"),
    (change(["normalizer"], {"type": "BertNormalizer"}), "BertNormalizer"),
    (change(["pre_tokenizer"], {"type": "Unheard"}), "Unheard"),
    (change(["pre_tokenizer"], {"type": "Split", "pattern": {"Regex": "[a&&b]"}, "behavior": "Isolated", "invert": False}), "intersection"),
    (change(["decoder"], {"type": "WordPiece", "prefix": "##", "cleanup": True}), "WordPiece"),
    (change(["model", "merges"], [["zz", "qq"]]), "merge number 1"),
]


@pytest.mark.parametrize("edit,word", UNSUPPORTED, ids=[word for _, word in UNSUPPORTED])
def test_unsupported_is_named(probe, llama3_folder, tmp_path, edit, word):
    document = copy.deepcopy(json.loads((llama3_folder / "tokenizer.json").read_text()))
    edit(document)
    (tmp_path / "tokenizer.json").write_text(json.dumps(document))
    assert word in probe(do="encode", folder=str(tmp_path), text="x")["error"]


# ── templates ─────────────────────────────────────────────────────────────────────────────────────────────────────────

TURNS = {
    "one": [("user", "Hello")],
    "answered": [("user", "Hi"), ("assistant", "Hello there")],
    "system": [("system", "Be brief."), ("user", "Hi"), ("assistant", "Yes.")],
    "many": [("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"), ("user", "e")],
    "many with system": [("system", " sys \n"), ("user", "Olá, \"galinha\" <b>&amp;</b> 🐔\n"), ("assistant", "  réponse  "), ("user", "{{ 7 * 7 }}{% raw %}"), ("assistant", "")],
    "two users": [("user", "a"), ("user", "b")],
    "assistant first": [("assistant", "a"), ("user", "b")],
    "late system": [("user", "a"), ("assistant", "b"), ("system", "c"), ("user", "d")],
    "only system": [("system", "alone")],
    "odd role": [("user", "a"), ("tool", "b")],
    "blanks": [("user", "\n\n  x  \n\n"), ("assistant", "\u00a0y\u2003\n")],
}


def as_messages(turns):
    return [{"role": role, "content": content} for role, content in turns]


FAMILIES = sorted(path.stem for path in TEMPLATES.glob("*.jinja"))


def with_template(folder, destination, family):
    destination.mkdir()
    for path in folder.iterdir():
        if path.is_file() and path.name != "chat_template.jinja":
            (destination / path.name).write_bytes(path.read_bytes())
    (destination / "chat_template.jinja").write_text((TEMPLATES / f"{family}.jinja").read_text())
    return destination


def render_with_peer(peer, messages, **arguments):
    try:
        return peer.apply_chat_template(messages, tokenize=False, **arguments), None
    except Exception as error:  # the errors of the reference are of many classes
        return None, str(error)


@pytest.mark.parametrize("family", FAMILIES)
def test_rendered_text(probe, llama3_folder, tmp_path, family):
    folder = with_template(llama3_folder, tmp_path / "model", family)
    peer = transformers_tokenizer(folder)
    tools = [{"type": "function", "function": {"name": "weigh", "description": "é <b> \"quoted\"", "parameters": {"type": "object", "properties": {"n": {"type": "number", "minimum": 0.5}}, "required": []}}}]
    for name, turns in TURNS.items():
        for add_generation_prompt in (False, True):
            for given in (None, tools):
                want, error = render_with_peer(peer, as_messages(turns), add_generation_prompt=add_generation_prompt, tools=given)
                got = probe(do="render", folder=str(folder), messages=as_messages(turns), add_generation_prompt=add_generation_prompt, tools=given)
                if error is not None:
                    assert error in got.get("error", ""), (name, error, got)
                else:
                    assert got.get("text") == want, (name, got)


MASKED = ["answered", "system", "many", "many with system", "blanks"]
MASK_TURNS = {name: TURNS[name] for name in MASKED}
MASK_TURNS["emoji ends"] = [("user", "x"), ("assistant", "fin 🐔"), ("user", "y"), ("assistant", "déjà")]
MASK_TURNS["quotes control"] = [("user", "what is <|im_end|> ?"), ("assistant", "plain"), ("user", "z"), ("assistant", "w")]


@pytest.mark.parametrize("family", ["llama-3.1-generation", "qwen2.5-generation"])
def test_generation_masks(probe, llama3_folder, tmp_path, family):
    """return_assistant_tokens_mask. The file has no trimming post-processor: with one, transformers finds no token for a
    blank that begins a span and then marks nothing more."""
    folder = with_template(llama3_folder, tmp_path / "model", family)
    document = json.loads((folder / "tokenizer.json").read_text())
    document["post_processor"] = document["post_processor"]["processors"][1]
    (folder / "tokenizer.json").write_text(json.dumps(document))
    peer = transformers_tokenizer(folder)
    for name, turns in MASK_TURNS.items():
        if name == "quotes control":
            continue
        messages = as_messages(turns)
        want = peer.apply_chat_template(messages, tokenize=True, return_dict=True, return_assistant_tokens_mask=True)
        got = probe(do="conversation", folder=str(folder), messages=messages)
        assert got["ids"] == want["input_ids"], name
        assert got["is_target"] == want["assistant_masks"], name


END_OF_TURN = {"llama-3.1": "<|eot_id|>", "qwen2.5": "<|im_end|>", "phi-3": "<|end|>", "llama-2": "<|eot_id|>", "codellama": "<|eot_id|>", "mistral-v1": "<|eot_id|>"}


@pytest.mark.parametrize("family", sorted(END_OF_TURN))
def test_derived_masks(probe, llama3_folder, tmp_path, family):
    """Without markers: from the end of the generation prompt to the end-of-turn token. The expected spans are found in the text
    rendered by transformers, the expected tokens by the offsets of tokenizers."""
    folder = with_template(llama3_folder, tmp_path / "model", family)
    document = json.loads((folder / "tokenizer.json").read_text())
    document["post_processor"] = document["post_processor"]["processors"][1]
    (folder / "tokenizer.json").write_text(json.dumps(document))
    peer = transformers_tokenizer(folder)
    for name, turns in MASK_TURNS.items():
        if name == "quotes control" or (name == "system" or name == "many with system") and family == "mistral-v1":
            continue
        messages = as_messages(turns)
        text = peer.apply_chat_template(messages, tokenize=False)
        out = peer(text, add_special_tokens=False, return_offsets_mapping=True)
        want = [0] * len(out["input_ids"])
        for turn, message in enumerate(messages):
            if message["role"] != "assistant":
                continue
            begin = len(peer.apply_chat_template(messages[:turn], tokenize=False, add_generation_prompt=True))
            end = text.index(END_OF_TURN[family], begin) + len(END_OF_TURN[family])
            for i, (first, last) in enumerate(out["offset_mapping"]):
                want[i] |= int(first < end and last > begin)
        got = probe(do="conversation", folder=str(folder), messages=messages)
        assert got.get("ids") == out["input_ids"], (name, got)
        assert got["is_target"] == want, name
        assert got["num_targets"] == sum(want)


def test_rewriting_template_is_refused(probe, llama3_folder, tmp_path):
    """Mistral v3 moves the system text to the last user turn: earlier turns differ from those in generation."""
    folder = with_template(llama3_folder, tmp_path / "model", "mistral-v3")
    messages = as_messages([("system", "s"), ("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")])
    assert "differently" in probe(do="conversation", folder=str(folder), messages=messages)["error"]


def test_control_tokens_in_content_stay_text(probe, llama3_folder, tmp_path):
    for family in ("llama-3.1", "qwen2.5", "phi-3", "llama-2"):
        folder = with_template(llama3_folder, tmp_path / family, family)
        peer = transformers_tokenizer(folder)
        special = {peer.convert_tokens_to_ids(token) for token in LLAMA3_SPECIAL}
        plain = as_messages([("user", "a"), ("assistant", "b")])
        structure = [i for i in probe(do="conversation", folder=str(folder), messages=plain)["ids"] if i in special]
        for token in LLAMA3_SPECIAL[:20]:
            for content in (token, f"x{token}y", f"  {token} {token}", token[:-1], token[1:], token.upper()):
                messages = as_messages([("user", content), ("assistant", content)])
                got = probe(do="conversation", folder=str(folder), messages=messages)
                assert [i for i in got["ids"] if i in special] == structure, (family, content)
                assert peer.decode(got["ids"], clean_up_tokenization_spaces=False) == peer.apply_chat_template(messages, tokenize=False)


def test_prompt_and_stop_ids(probe, llama3_folder):
    peer = transformers_tokenizer(llama3_folder)
    messages = as_messages(TURNS["many with system"][:2])
    want = peer.apply_chat_template(messages, tokenize=True, add_generation_prompt=True, return_dict=True)["input_ids"]
    assert probe(do="prompt", folder=str(llama3_folder), messages=messages)["ids"] == want
    about = probe(do="about", folder=str(llama3_folder), stop_ids=True)
    assert about["stop_ids"] == sorted(peer.convert_tokens_to_ids(token) for token in ("<|end_of_text|>", "<|eot_id|>"))
    assert about["vocabulary_size"] == len(peer)
    assert about["bos"] == peer.bos_token_id and about["eos"] == peer.eos_token_id


def test_plain_text_and_cut(probe, llama3_folder):
    peer = transformers_tokenizer(llama3_folder)
    text = "La litière reste sèche. <|eot_id|>"
    backend = copy.deepcopy(peer.backend_tokenizer)
    backend.encode_special_tokens = True
    ids = backend.encode(text).ids + [peer.eos_token_id]
    got = probe(do="conversation", folder=str(llama3_folder), text=text)
    assert got["ids"] == ids and got["is_target"] == [0] + [1] * (len(ids) - 1)
    assert got["target_bytes"] == len(text.encode("utf-8"))
    truncated = probe(do="conversation", folder=str(llama3_folder), text=text, max_length=5)
    assert truncated["ids"] == ids[:5] and truncated["is_truncated"] and truncated["num_targets"] == 4


def test_dataset(probe, llama3_folder, tmp_path):
    lines = [
        {"messages": as_messages(TURNS["system"]), "metadata": {"conversation_id": "c1", "language": "en"}},
        {"messages": as_messages([("user", "long " * 200), ("assistant", "never reached")]), "metadata": {"conversation_id": "c2"}},
        {"messages": as_messages([("user", "no answer")]), "metadata": {}},
        {"text": "plain text"},
    ]
    path = tmp_path / "train.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    got = probe(do="dataset", folder=str(llama3_folder), path=str(path), max_length=100)
    assert [sample["id"] for sample in got["samples"]] == ["c1", "line 4"]
    assert [sample["language"] for sample in got["samples"]] == ["en", ""]
    assert got["truncated"] == 1 and got["without_target"] == 2 and got["rejected"] == 2
    assert got["samples"][0]["ids"] == probe(do="conversation", folder=str(llama3_folder), messages=lines[0]["messages"])["ids"]
    again = probe(do="dataset", folder=str(llama3_folder), path=str(path), max_length=99)
    assert again["sha256"] == got["sha256"]
    path.write_text(path.read_text().replace("Be brief", "Be terse"))
    assert probe(do="dataset", folder=str(llama3_folder), path=str(path), max_length=100)["sha256"] != got["sha256"]


# ── external test vectors ─────────────────────────────────────────────────────────────────────────


def external(name):
    path = EXTERNAL / name
    if not path.exists():
        missing = pytest.fail if os.environ.get("INTELIA_REQUIRE_EXTERNAL_DATA") else pytest.skip
        missing(f"skipped, no external data at {path}")
    return path


def json_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", ["llamacpp_jinja_cases", "llamacpp_chat_cases"])
def test_jinja_vectors(probe, name):
    """The expected results are those of Jinja2 3.1.6 with the settings of transformers, also where llama.cpp's own expectation differs."""
    for case in json_lines(external("chat-templates") / f"{name}.jsonl"):
        variables = dict(case.get("vars", {}))
        request = {"do": "jinja", "template": case["template"], "vars": variables}
        if "messages" in case:
            request["messages"] = case["messages"]
            variables.update(bos_token=case["bos_token"], eos_token=case["eos_token"], add_generation_prompt=case["add_generation_prompt"], tools=None)
        got = probe(**request)
        want = case["jinja2_3_1_6_hf_settings"]
        if isinstance(want, dict):
            assert want["error"].split(": ", 1)[1] in got.get("error", ""), (case["name"], got)
        else:
            assert got.get("text") == want, (case["name"], got)


def compile_with_peer(source):
    from transformers.utils.chat_template_utils import _compile_jinja_template

    return _compile_jinja_template(source)


TOOLS = [{"type": "function", "function": {"name": "get_weight", "description": "Weight of a flock", "parameters": {"type": "object", "properties": {"flock": {"type": "string", "description": "its \"name\""}, "day": {"type": "integer", "enum": [1, 7]}}, "required": ["flock"]}}}]
CALLS = [{"role": "user", "content": "weigh"}, {"role": "assistant", "content": "", "tool_calls": [{"id": "call12345", "type": "function", "function": {"name": "get_weight", "arguments": {"flock": "A", "day": 7}}}]},
         {"role": "tool", "tool_call_id": "call12345", "name": "get_weight", "content": "{\"kg\": 1.5}"}, {"role": "assistant", "content": "1.5 kg"}, {"role": "user", "content": "thanks"}]
MODEL_CONVERSATIONS = dict({name: as_messages(turns) for name, turns in TURNS.items()}, tools=CALLS)


def model_templates():
    folder = EXTERNAL / "chat-templates" / "templates"
    return sorted(path.name for path in folder.glob("*.jinja")) if folder.exists() else ["skipped, no external data"]


@pytest.mark.parametrize("name", model_templates())
def test_model_templates(probe, name, monkeypatch):
    """Every published template for every conversation, with and without tools, against the environment of transformers."""
    source = (external("chat-templates") / "templates" / name).read_text(encoding="utf-8")
    import datetime

    from transformers.utils import chat_template_utils

    class Fixed(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 11, 21)

    monkeypatch.setattr(chat_template_utils, "datetime", Fixed)
    peer = compile_with_peer(source)
    failures = []
    for case, messages in MODEL_CONVERSATIONS.items():
        for add_generation_prompt in (False, True):
            for tools in (None, TOOLS):
                variables = {"bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": add_generation_prompt, "documents": None}
                got = probe(do="jinja", template=source, messages=messages, tools=tools, vars=dict(variables, **({} if tools else {"tools": None})), date=[2026, 11, 21])
                try:
                    want = peer.render(messages=copy.deepcopy(messages), tools=copy.deepcopy(tools), **variables)
                except Exception as error:
                    if "error" not in got:
                        failures.append((case, add_generation_prompt, bool(tools), "the peer refuses: " + str(error)[:200]))
                    continue
                if got.get("text") != want:
                    at = next((i for i, (a, b) in enumerate(zip(got.get("text", ""), want)) if a != b), -1)
                    failures.append((case, add_generation_prompt, bool(tools), got.get("error") or (got["text"][max(0, at - 40) : at + 40], want[max(0, at - 40) : at + 40])))
    assert not failures, failures[:3]
