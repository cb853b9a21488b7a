"""`intelia tokenize` and `intelia detokenize` against Hugging Face tokenizers, as programs in a pipe.

The tokenizers are trained here; all expected values are from Hugging Face tokenizers. The program is INTELIA_BUILD/bin/intelia (default
build/release).
"""

import json
import os
import pathlib
import random
import subprocess

import pytest

tokenizers = pytest.importorskip("tokenizers")

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / os.environ.get("INTELIA_BUILD", "build/release") / "bin" / "intelia"
# https://github.com/meta-llama/llama-models, tokenizer of Llama 3
LLAMA3_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPECIAL = ["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"]

NASTY = [
    "", " ", "\t", "\r", "a\r", "\r\r", "\x00", "a\x00b", "\x1b[31mred\x1b[0m", "\x7f\x80\x9f", "  leading", "trailing  ", "\u2028line\u2029paragraph",
    "\ufeffbom", "\u202eright to left", "\u200b\u200d\u2060", "e\u0301 n\u0303", "ﬁ ﬃ ㎏", "👨‍👩‍👧‍👦 👍🏽 🇫🇷", "日本語 中文 한국어 العربية हिन्दी ไทย", "\U0001d400\U000e0001\U0010fffd",
    "null", "[1,2]", '"quoted"', "\\", "\\n", '{"a":1}', "<|eot_id|>", "<|begin_of_text|>x", "<|eot", "a" * 3000, "é" * 1500, " " * 3000, "0" * 500,
    "don't WE'LL it'S x'ſ", "½ Ⅷ ٣٤ ²", "\ue000\uffff", "tab\there", "'''\"\"\"", "%s%n$(echo)`id`",
]


def random_texts(count, seed, alphabet):
    rng = random.Random(seed)
    return ["".join(alphabet(rng) for _ in range(rng.randint(0, 40))) for _ in range(count)]


def any_character(rng):
    while True:
        code = rng.choice([rng.randrange(0x80), rng.randrange(0x800), rng.randrange(0x10000), rng.randrange(0x110000)])
        if not 0xD800 <= code < 0xE000:
            return chr(code)


TEXTS = NASTY + random_texts(1500, 11, any_character) + random_texts(500, 12, lambda rng: rng.choice(["a", "é", " ", "\n", "\r", "\t", "1", "'", "s", "🐔", "<|eot_id|>"]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if not PROGRAM.exists():
        pytest.skip(f"{PROGRAM} is not built")
    folder = tmp_path_factory.mktemp("model")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(ignore_merges=True))
    split = tokenizers.pre_tokenizers.Split(tokenizers.Regex(LLAMA3_PATTERN), "isolated")
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Sequence([split, tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=2000, initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator([path.read_text() for path in sorted((ROOT / "data").rglob("*.md"))], trainer)
    tokenizer.add_special_tokens([tokenizers.AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(single=f"{SPECIAL[0]} $A {SPECIAL[1]}", special_tokens=[(name, tokenizer.token_to_id(name)) for name in SPECIAL])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"bos_token": SPECIAL[0], "eos_token": SPECIAL[1]}))
    return folder


@pytest.fixture(scope="module")
def peer(folder):
    return tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))


def run(command, folder, lines: bytes, *options) -> list[bytes]:
    done = subprocess.run([PROGRAM, command, "--model", folder, "--quiet", *options], input=lines, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.endswith(b"\n") or not lines
    return done.stdout.split(b"\n")[:-1]


def peer_ids(peer, text, add_special=False, special=False):
    peer.encode_special_tokens = not special
    return peer.encode(text, add_special_tokens=add_special).ids


@pytest.mark.parametrize("threads", ["1", "3"])
@pytest.mark.parametrize("options", [[], ["--add-special"], ["--special"], ["--add-special", "--special"]], ids=" ".join)
def test_ids_of_json_strings(folder, peer, options, threads):
    """ASCII escapes and plain UTF-8 mean the same."""
    for ascii_only in (True, False):
        lines = b"".join(json.dumps(text, ensure_ascii=ascii_only).encode() + b"\n" for text in TEXTS)
        got = [json.loads(line) for line in run("tokenize", folder, lines, "--json-lines", "--threads", threads, *options)]
        want = [peer_ids(peer, text, "--add-special" in options, "--special" in options) for text in TEXTS]
        assert got == want


def test_ids_of_plain_lines(folder, peer):
    """A line is everything between newlines, including carriage returns and NUL bytes."""
    texts = [text for text in TEXTS if "\n" not in text]
    got = run("tokenize", folder, "\n".join(texts).encode())
    assert [json.loads(line) for line in got] == [peer_ids(peer, text) for text in texts]


def test_bytes_that_are_not_utf8_count_as_python_replaces_them(folder, peer):
    rng = random.Random(13)
    lines = [bytes(rng.choice([rng.randrange(256), rng.choice(b"a \xc3\xa9\xe2\x82\xf0\x9f\xed\xa0\x80\xc0\xaf")]) for _ in range(rng.randint(0, 30))).replace(b"\n", b"") for _ in range(1000)]
    done = subprocess.run([PROGRAM, "tokenize", "--model", folder], input=b"\n".join(lines) + b"\n", capture_output=True)
    assert done.returncode == 0
    assert [json.loads(line) for line in done.stdout.splitlines()] == [peer_ids(peer, line.decode(errors="replace")) for line in lines]
    num_mended = sum(line.decode(errors="replace") != line.decode(errors="ignore") for line in lines)
    assert f"invalid UTF-8 in {num_mended} lines was replaced by U+FFFD" in done.stderr.decode()


def test_round_trip(folder):
    lines = b"".join(json.dumps(text).encode() + b"\n" for text in TEXTS)
    ids = run("tokenize", folder, lines, "--json-lines")
    back = run("detokenize", folder, b"\n".join(ids) + b"\n", "--json-lines")
    assert [json.loads(line) for line in back] == TEXTS
    plain = [text for text in TEXTS if "\n" not in text]
    ids = run("tokenize", folder, "".join(text + "\n" for text in plain).encode())
    assert run("detokenize", folder, b"\n".join(ids) + b"\n") == [text.encode() for text in plain]


@pytest.mark.parametrize("skip", [False, True])
def test_text_of_random_ids(folder, peer, skip):
    """Sequences that no text encodes to: parts of characters, control tokens anywhere."""
    rng = random.Random(14)
    rows = [[rng.randrange(peer.get_vocab_size()) for _ in range(rng.randint(0, 20))] for _ in range(1000)]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    got = run("detokenize", folder, lines, "--json-lines", *(["--skip-special"] if skip else []))
    assert [json.loads(line) for line in got] == [peer.decode(row, skip_special_tokens=skip) for row in rows]


def test_every_bad_line_is_named_and_keeps_its_place(folder):
    lines = ['"a"', "", "null", '"\\ud800"', '"\\ud83d\\udc14"', "5", '"a" "b"', '"unclosed', '["a"]', '"\\x"', '"b"', "'a'", '"\x01"']
    done = subprocess.run([PROGRAM, "tokenize", "--model", folder, "--json-lines", "--max-rejected", "1"], input="\n".join(lines).encode(), capture_output=True, text=False)
    assert done.returncode == 0
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    good = {0, 4, 10}
    assert [answer is not None for answer in answers] == [index in good for index in range(len(lines))]
    for index in range(len(lines)):
        assert (f"stdin:{index + 1}: " in done.stderr.decode()) == (index not in good)
