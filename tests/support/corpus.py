"""At least 50 MB of mixed text, built from files of the development machine, and the same in every run on one machine.

Prose and code of the Python environment, C headers, Debian's changelogs, the sample data in its four languages, every assigned
code point of all planes, emoji sequences, and fuzz: random bytes after Python's errors="replace", surrogates, normalization.
Nothing is stored on disk. Code points that this Python's Unicode does not assign are excluded, since the compared packages have
different versions.
"""

import gzip
import pathlib
import random
import site
import sysconfig
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]
MEGABYTE = 1_000_000
MAX_FILE_BYTES = 30_000

ASSIGNED = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cn", "Cs")]
_UNASSIGNED = {c: None for c in range(0x110000) if unicodedata.category(chr(c)) == "Cn"}


def assigned_only(text):
    return text if text.isascii() else text.translate(_UNASSIGNED)


def cut(text, rng):
    """Pieces of 1 to 6 thousand characters, split anywhere."""
    place = 0
    while place < len(text):
        size = rng.randint(1000, 6000)
        yield text[place : place + size]
        place += size


def from_files(paths, num_bytes, rng):
    """Pieces of files, taken in an order that mixes folders, until there are `num_bytes`."""
    paths = sorted(paths)
    rng.shuffle(paths)
    for path in paths:
        try:
            with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
                content = file.read(MAX_FILE_BYTES)
        except OSError:
            continue
        for piece in cut(assigned_only(content.decode("utf-8", errors="replace")), rng):
            num_bytes -= len(piece.encode())
            yield piece
            if num_bytes <= 0:
                return


def packages(pattern):
    folders = {pathlib.Path(folder) for folder in [*site.getsitepackages(), sysconfig.get_path("stdlib")]}
    return {path for folder in folders for path in folder.rglob(pattern) if path.is_file()}


def planes(num_bytes, rng):
    """Every assigned code point, alone between letters, digits, blanks and its neighbours."""
    contexts = ["a{}b", " {} ", "{}\n", "1{}2", "{}'s", "\n{}", "{}", "x {}{}"]
    while num_bytes > 0:
        order = list(range(0, len(ASSIGNED), 512))
        rng.shuffle(order)
        for start in order:
            piece = "".join(rng.choice(contexts).replace("{}", c) for c in ASSIGNED[start : start + 512])
            num_bytes -= len(piece.encode())
            yield piece
            if num_bytes <= 0:
                return


EMOJI = [c for c in ASSIGNED if 0x1F300 <= ord(c) <= 0x1FAFF or 0x2600 <= ord(c) <= 0x27BF]
SKINS, FLAGS = [chr(c) for c in range(0x1F3FB, 0x1F400)], [chr(c) for c in range(0x1F1E6, 0x1F200)]


def emoji(num_bytes, rng):
    def sequence():
        kind = rng.randrange(5)
        if kind == 0:
            return "\u200d".join(rng.choice(EMOJI) + rng.choice(["", "\ufe0f", rng.choice(SKINS)]) for _ in range(rng.randint(2, 4)))
        if kind == 1:
            return rng.choice(FLAGS) + rng.choice(FLAGS)
        if kind == 2:
            return rng.choice("0123456789#*") + "\ufe0f\u20e3"
        if kind == 3:
            return "\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in rng.choice(["gbeng", "gbsct", "gbwls"])) + "\U000e007f"
        return rng.choice(EMOJI) * rng.randint(1, 6)

    while num_bytes > 0:
        piece = "".join(sequence() + rng.choice(["", "", " ", "\n", "ok", "!", "  "]) for _ in range(300))
        num_bytes -= len(piece.encode())
        yield piece


MARKS = [c for c in ASSIGNED if unicodedata.combining(c)]
COMPOSED = [c for c in ASSIGNED if unicodedata.decomposition(c)]


def normalization(rng):
    """What NFC, NFKC, NFD and NFKD change: marks in any order, compositions, compatibility forms, jamo, Hangul."""
    jamo = [chr(c) for c in [*range(0x1100, 0x1113), *range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]]
    parts = []
    for _ in range(250):
        kind = rng.randrange(5)
        if kind == 0:
            parts.append(rng.choice("aeiouAEnNcCsSyz") + "".join(rng.choices(MARKS, k=rng.randint(1, 4))))
        elif kind == 1:
            parts.append(unicodedata.normalize(rng.choice(["NFD", "NFKD"]), rng.choice(COMPOSED)))
        elif kind == 2:
            parts.append("".join(rng.choices(jamo, k=rng.randint(1, 4))))
        else:
            parts.append(rng.choice(COMPOSED))
        parts.append(rng.choice(["", " ", "x", "\n"]))
    return "".join(parts)


def fuzz(num_bytes, rng):
    specials = ["<|endoftext|>", "<|eot_id|>", "<s>", "</s>", "[INST]", "<0x0A>", "<unk>", "\u2581", "\u0120", "\r\n", "\u180e", "\ufeff"]
    while num_bytes > 0:
        kind = rng.randrange(4)
        if kind == 0:
            piece = rng.randbytes(3000).decode("utf-8", errors="replace")
        elif kind == 1:
            halves = "".join(chr(rng.choice([rng.randint(0xD800, 0xDFFF), rng.randint(0x20, 0x7E), rng.randint(0xA0, 0x2FF)])) for _ in range(1500))
            piece = halves.encode("utf-16", "surrogatepass").decode("utf-16", errors="replace")
        elif kind == 2:
            piece = normalization(rng)
        else:
            piece = "".join(rng.choice([rng.choice(specials), rng.choice(" \t\n\r\u00a0") * rng.randint(1, 40), rng.choice(ASSIGNED), rng.choice("aZ0.'") * rng.randint(1, 90)])
                            for _ in range(200))
        piece = assigned_only(piece)
        num_bytes -= len(piece.encode())
        yield piece


def texts(num_bytes):
    """Pieces of text of about `num_bytes` in UTF-8, from every source in equal parts."""
    share = num_bytes / 100
    pieces = []
    for place, (percent, source) in enumerate([
            (22, lambda size, rng: from_files(packages("*.py"), size, rng)),
            (14, lambda size, rng: from_files(packages("*.md") | packages("*.rst") | packages("*.txt") | packages("METADATA"), size, rng)),
            (20, lambda size, rng: from_files(pathlib.Path("/usr/share/doc").glob("*/changelog*"), size, rng)),
            (10, lambda size, rng: from_files(packages("*.h") | packages("*.hpp") | packages("*.cuh"), size, rng)),
            (4, lambda size, rng: from_files([p for p in (ROOT / "data" / "sample").rglob("*") if p.is_file()], size, rng)),
            (14, planes), (4, emoji), (12, fuzz)]):
        pieces += source(share * percent, random.Random(place))
    missing = num_bytes - sum(len(piece.encode()) for piece in pieces)  # of a source that is too small on this machine
    if missing > 0:
        pieces += planes(missing, random.Random(99))
    return pieces
