#!/usr/bin/env python3
"""Writes lib/text/unicode_additions.cpp: the characters that the Oniguruma of `tokenizers` knows and Unicode 14 does not.

PCRE2 of Debian 12 implements Unicode 14, like unicodedata of Python 3.11; the categories come from `tokenizers` itself. Run
it from the root of the repository, with the Python of scripts/python-environment, after an update of `tokenizers`.
"""

import pathlib
import unicodedata

import tokenizers

CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cf".split()
UNASSIGNED = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) == "Cn"]


def ranges_of(categories):
    ranges = []
    for character in sorted(categories):
        if ranges and ranges[-1][1] == character - 1 and ranges[-1][2] == categories[character]:
            ranges[-1][1] = character
        else:
            ranges.append([character, character, categories[character]])
    return ranges


def main():
    assert unicodedata.unidata_version.startswith("14.")
    categories = {}
    for category in CATEGORIES:
        split = tokenizers.pre_tokenizers.Split(tokenizers.Regex(f"\\p{{{category}}}"), "removed", invert=True)
        for piece, _ in split.pre_tokenize_str("".join(UNASSIGNED)):
            categories.update((ord(character), category) for character in piece)
    entries = [f'{{0x{first:X}, 0x{last:X}, "{category}"}}' for first, last, category in ranges_of(categories)]
    lines = "\n".join(f"    {entry}," for entry in entries)
    pathlib.Path("lib/text/unicode_additions.cpp").write_text(
        f"""// Written by scripts/unicode_additions.py with tokenizers {tokenizers.__version__}. See unicode_additions.hpp.
#include "text/unicode_additions.hpp"

namespace intelia {{

namespace {{

// clang-format off
constexpr UnicodeAddition kAdditions[] = {{
{lines}
}};
// clang-format on

}}  // namespace

std::span<const UnicodeAddition> unicode_additions() {{ return kAdditions; }}

}}  // namespace intelia
""")


if __name__ == "__main__":
    main()
