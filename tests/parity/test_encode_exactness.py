"""Every published split pattern against tokenizers, where each split is visible: in a vocabulary in which any two bytes merge, a
split that is off by one byte changes the ids around it. Characters of every class occur in every position that patterns
distinguish; the class of every code point is tested by generating the table again."""

import json
import pathlib
import random
import subprocess
import sys

import pytest
import tokenizers
from tokens_probe import PROBE

ROOT = pathlib.Path(__file__).resolve().parents[2]

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
FORE, AFT = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
TAIL = r"\s*[\r\n]+|\s+(?!\S)|\s+"
PATTERNS = {
    "gpt-2": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "llama-3": CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + TAIL,
    "qwen-2": CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + TAIL,
    "o200k": rf"[^\r\n\p{{L}}\p{{N}}]?{FORE}*{AFT}+{CONTRACTIONS}?|[^\r\n\p{{L}}\p{{N}}]?{FORE}+{AFT}*{CONTRACTIONS}?|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|" + TAIL,
    "tekken": rf"[^\r\n\p{{L}}\p{{N}}]?{FORE}*{AFT}+|[^\r\n\p{{L}}\p{{N}}]?{FORE}+{AFT}*|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|" + TAIL,
}
# All of the scripts, every third of the small planes, and samples of ranges of thousands of similar code points.
CODE_POINTS = [*range(1, 0x3100), *range(0x3100, 0xA000, 199), *range(0xA000, 0xAC00), *range(0xAC00, 0xD800, 199),
               *range(0xE000, 0xF900, 199), *range(0xF900, 0x20000, 3), *range(0x20000, 0x110000, 997)]
PLACES = ["a{c}b", " {c}A", "{c}'s1", "'{c}2", "\n{c} ", ".{c}\n", "  {c}"]
PARTS = ["'s", "'S", "'Re", "'lL", "'", "''", " ", "  ", "\t", "\n", "\r\n", " \n ", "        ", "1", "12345", "a", "aB", "ABc", "word", "WORD", ".", "/", "\n/", "!?\n",
         "\u017f", "'\u017f", "\u00a0", "\u3000", "\u0301", "é", "É", "中", "😀", "\u200d", "١", "½", "ǅ", "ʰ", "\u0085", "\u2028"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A folder for each pattern with one vocabulary: 256 bytes and all their pairs, in an arbitrary order."""
    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    merges = [(left, right) for left in alphabet for right in alphabet]
    random.Random(1).shuffle(merges)
    vocabulary = {token: i for i, token in enumerate(alphabet + [left + right for left, right in merges])}
    made = {}
    for name, pattern in PATTERNS.items():
        tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(vocabulary, merges))
        split = tokenizers.pre_tokenizers.Split(tokenizers.Regex(pattern), "isolated")
        tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Sequence([split, tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
        tokenizer.decoder = tokenizers.decoders.ByteLevel()
        made[name] = tmp_path_factory.mktemp(name)
        tokenizer.save(str(made[name] / "tokenizer.json"))
    return made


def texts():
    for i in range(0, len(CODE_POINTS), 100):
        for place in PLACES:
            yield "".join(place.replace("{c}", chr(c)) for c in CODE_POINTS[i : i + 100])
    generator = random.Random(2)
    for _ in range(2000):
        words = [generator.choice(PARTS) if generator.random() < 0.8 else chr(generator.choice(CODE_POINTS)) for _ in range(generator.randrange(1, 80))]
        yield "".join(words)


@pytest.mark.parametrize("name", PATTERNS)
def test_published_pattern(folders, name):
    """No difference at any code point: the classes are those of tokenizers, of Unicode 16."""
    peer = tokenizers.Tokenizer.from_file(str(folders[name] / "tokenizer.json"))
    asked = list(texts())
    requests = "".join(json.dumps({"do": "encode", "folder": str(folders[name]), "text": text}) + "\n" for text in asked)
    lines = subprocess.run([str(PROBE)], input=requests, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(lines) == len(asked)
    for text, line, encoding in zip(asked, lines, peer.encode_batch(asked)):
        got = json.loads(line)
        assert got.get("ids") == encoding.ids, (text, got.get("error"))


def test_classes_are_the_peers():
    made = subprocess.run([sys.executable, str(ROOT / "scripts/unicode_classes.py")], capture_output=True, text=True, check=True).stdout
    assert made == (ROOT / "lib/text/unicode_classes.inc").read_text()
