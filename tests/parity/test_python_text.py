"""The methods of str in templates, against CPython 3.11 on every code point; the probe is INTELIA_BUILD/bin/tokens_probe."""

import random
import sys

import jinja2
import pytest

if sys.version_info[:2] != (3, 11):
    pytest.skip("the expected values are those of Python 3.11, which has Unicode 14", allow_module_level=True)

CHARACTERS = [chr(c) for c in range(sys.maxunicode + 1) if not 0xD800 <= c < 0xE000]
BLOCK = 8192
QUESTIONS = ["isalnum", "isalpha", "isdecimal", "isdigit", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper"]
CHANGES = ["upper", "lower", "title", "capitalize", "swapcase", "casefold"]
# The context of a character: nothing, letters, and a sigma whose form depends on it.
AROUND = ["{}", "x{}", "{}x", "X{}Y", "a{}Σ", "aΣ{}", "aΣ{}b", "ΣΣ{}Σ"]


def blocks(of):
    return [of[i : i + BLOCK] for i in range(0, len(of), BLOCK)]


def test_questions_about_every_character(probe):
    asked = "".join("{{ c.%s() | int }}" % question for question in QUESTIONS)
    source = "{% for c in characters %}" + asked + "{% endfor %}"
    failures = []
    for block in blocks(CHARACTERS):
        want = "".join(str(int(getattr(c, question)())) for c in block for question in QUESTIONS)
        got = probe(do="jinja", template=source, vars={"characters": "".join(block)}, max_steps=10**8)
        if got.get("text") != want:
            wrong = [(hex(ord(block[i // len(QUESTIONS)])), QUESTIONS[i % len(QUESTIONS)]) for i, (a, b) in enumerate(zip(got.get("text", ""), want)) if a != b]
            failures += wrong or [got.get("error")]
    assert not failures, (len(failures), failures[:20])


@pytest.mark.parametrize("around", AROUND)
def test_case_of_every_character(probe, around):
    # No other plane has characters with case, so these are sufficient.
    words = [around.format(c) for c in CHARACTERS if c != "|" and (around == "{}" or ord(c) >> 16 in (0, 1, 14))]
    failures = []
    for block in blocks(words):
        text = "|".join(block)
        source = "\n\n".join("{{ text.%s() }}" % change for change in CHANGES)
        got = probe(do="jinja", template=source, vars={"text": text}, max_steps=10**8)
        want = "\n\n".join(getattr(text, change)() for change in CHANGES)
        if got.get("text") != want:
            pairs = zip(block * len(CHANGES), got.get("text", "").replace("\n\n", "|").split("|"), want.replace("\n\n", "|").split("|"))
            failures += [pair for pair in pairs if pair[1] != pair[2]] or [got.get("error")]
    assert not failures, (len(failures), failures[:20])


TEXTS = ["", " ", "straße ﬁn ŉa", "ΣΑΣ ΟΔΥΣΣΕΥΣ. ΣΑΣ'Σ", "ǆaba ǅaba Ǆaba", "İSTANBUL ıiIİ", "e\u0301 E\u0301 ά ΐ", "it's (a) [b-c] {d}<e> f-Γ", "ᾳ ᾲ ᾈ Ჿ ა", "Title Case", "tITLE", "A b", "ŒUVRE élève ЁЖ"]


def test_questions_and_filters_on_texts(probe):
    """Whole texts, and Jinja's filters and tests, which differ from the methods of the same name in some cases."""
    source = "|".join(["{{ text.%s() }}" % name for name in QUESTIONS + CHANGES] + ["{{ text | %s }}" % name for name in ("upper", "lower", "title", "capitalize")] + ["{{ text is %s }}" % name for name in ("upper", "lower")])
    for text in TEXTS:
        assert probe(do="jinja", template=source, vars={"text": text})["text"] == jinja2.Template(source).render(text=text), text


def test_searches_within_bounds(probe):
    rng = random.Random(5)
    places = [None, *range(-7, 8), -(2**62), 2**62]
    failures = []
    for _ in range(3000):
        text = "".join(rng.choice("aé🐔") for _ in range(rng.randrange(6)))
        wanted = "".join(rng.choice("aé🐔") for _ in range(rng.randrange(3)))
        bounds = [rng.choice(places) for _ in range(rng.randrange(3))]
        arguments = ", ".join(["wanted", *map(repr, bounds)])
        source = "|".join("{{ text.%s(%s) }}" % (name, arguments) for name in ("find", "rfind", "count", "startswith", "endswith")) + "|{{ text.startswith(('x', %s) }}" % ", ".join(["wanted)", *map(repr, bounds)])
        want = "|".join(str(getattr(text, name)(wanted, *bounds)) for name in ("find", "rfind", "count", "startswith", "endswith")) + f"|{text.startswith(('x', wanted), *bounds)}"
        got = probe(do="jinja", template=source, vars={"text": text, "wanted": wanted})
        if got.get("text") != want:
            failures.append((text, wanted, bounds, got, want))
        for name in ("index", "rindex"):
            got = probe(do="jinja", template="{{ text.%s(%s) }}" % (name, arguments), vars={"text": text, "wanted": wanted})
            try:
                if got.get("text") != str(getattr(text, name)(wanted, *bounds)):
                    failures.append((name, text, wanted, bounds, got))
            except ValueError as error:
                if str(error) not in got.get("error", ""):
                    failures.append((name, text, wanted, bounds, got, str(error)))
    assert not failures, (len(failures), failures[:5])


NUMBERS = ["12", " 12\n", "1_000", "1__0", "_1", "1_", "+_1", "-7", "+7", "+-7", "--7", "0x1F", "0x_1F", "0b11", "١٢", "१_२", "٣.٥", "1_0.5", "1._5", "1e3", "1_e3", "1e_3", "1e1_0", ".5", "5.", "nan(x)", "-inf", "infinity", "²", "½",
           "\u20031\u2003", "1 2", "", "+", "-", "0o17", "0o8", "1.5e", "𝟙𝟚"]


def test_numbers_in_texts(probe):
    for source in ("{{ text | int(-5) }}", "{{ text | int(-5, 16) }}", "{{ text | int(-5, 0) }}", "{{ text | int(-5, 1) }}", "{{ text | int(-5, -2) }}",
                   "{{ text | int(-5, 37) }}", "{{ text | int(-5, 4294967304) }}", "{{ text | float(-5) }}"):
        for text in NUMBERS:
            want = jinja2.Template(source).render(text=text)
            assert probe(do="jinja", template=source, vars={"text": text}).get("text") == want, (source, text)
