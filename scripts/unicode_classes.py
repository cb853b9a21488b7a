#!/usr/bin/env python3
"""Writes lib/text/unicode_classes.inc: the class of every code point according to the pinned `tokenizers`.

The classes come from `tokenizers` itself, because its tables (Unicode 16.0 in tokenizers 0.23 and in tiktoken 0.14) are newer
than those of PCRE2 10.42 and of Python 3.11 (both 14.0)."""

import sys

import tokenizers

# In the order of CharacterClass in unicode_classes.hpp; a code point that matches none is `other`.
CLASSES = {1: r"\p{M}", 2: r"[\p{Lu}\p{Lt}]", 3: r"\p{Ll}", 4: r"[\p{Lm}\p{Lo}]", 5: r"\p{N}", 6: r"[^\S\r\n]", 7: r"[\r\n]"}
CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
BATCH = 20000


def members(pattern):
    split = tokenizers.pre_tokenizers.Split(tokenizers.Regex(pattern), "removed", invert=True)
    for i in range(0, len(CODE_POINTS), BATCH):
        for piece, _ in split.pre_tokenize_str("".join(map(chr, CODE_POINTS[i : i + BATCH]))):
            yield from map(ord, piece)


def main():
    class_of = [0] * 0x110000
    for number, pattern in CLASSES.items():
        for code_point in members(pattern):
            assert class_of[code_point] == 0, (pattern, code_point)
            class_of[code_point] = number
    starts = [c for c in range(0x110000) if c == 0 or class_of[c] != class_of[c - 1]]
    entries = [f"{{0x{c:X}, {class_of[c]}}}" for c in starts]
    out = [f"// Made by scripts/unicode_classes.py with tokenizers {tokenizers.__version__}: where a class begins, and its number."]
    for i in range(0, len(entries), 8):
        out.append(", ".join(entries[i : i + 8]) + ",")
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
