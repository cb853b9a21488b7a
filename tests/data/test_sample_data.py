"""The sample data matches docs/data.md. Reads the files as text: no database, no network."""
import collections
import json
import pathlib
import re
import unicodedata
import uuid
from datetime import datetime

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data/sample"
LANGUAGES = ("fr", "en", "es", "pt")
ROW = re.compile(
    r"INSERT INTO conversations \(conversation_id, messages, rating, created_at, language, user_id\) VALUES\n"
    r"\('([^']*)', \$m\$(.*?)\$m\$, (NULL|'NaN'|[\d.]+), '([^']*)', (NULL|'[^']*'), '([^']*)'\);\n",
    re.S)
Row = collections.namedtuple("Row", "id messages rating created_at language user")

# Each topic must occur in every language, in a question or an answer, in lower case. The first four are the first
# topics of the evaluation, with several conversations each.
TOPICS = {
    "mortality": "mortalit|mortalidad|mortalidade|deaths|dead",
    "coccidiosis": "coccidios|cocci\\b|eimeria",
    "vaccination": "vaccin|vacun|vacin",
    "feed conversion": "indice de consommation|\\bic\\b|fcr|feed conversion|conversi[oó]n|convers[aã]o",
    "water": "forage|pipette|chlor|borehole|cloro",
    "litter": "litière|litter|\\bcama\\b",
    "ventilation": "ventil",
    "heat stress": "halèt|haleta|chaleur|heat ?wave|degree|calor|jade|ofeg",
    "lighting": "lumière|light|\\bluz\\b",
    "cleaning": "désinfect|desinfec|disinfect",
    "brooding": "poussin|chick|pollito|pint(ainho|inho|o)s?\\b",
    "uniformity": "homogénéité|uniform",
    "egg quality": "coquille|shell|cáscara|casca",
    "moulting": "\\bmue\\b|moult|muda",
    "red mite": "poux? rouge|red mite|ácaro",
    "worms": "vermifug|worm|lombri|verme",
    "marek": "marek",
    "newcastle": "newcastle",
    "gumboro": "gumboro",
    "bronchitis": "bronchit|bronquit",
    "influenza": "grippe aviaire|influenza|bird flu|gripe avi|housing order",
    "salmonella": "salmonel",
    "e. coli": "colibacil|e\\. coli|onfalit|omphalit",
    "necrotic enteritis": "entérite nécrotique|necrotic enteritis|enteritis necrótica|enterite necr[oó]tica",
    "lameness": "boit|lame\\b|cojo|manco",
    "pecking": "picage|peck|pican|bicand",
    "catching and transport": "enlèvement|enlevement|catch|cargan|carrega",
    "costs": "\\bprix\\b|\\bcost|naira|\\bcosto\\b|\\bcusta",
    "records": "registre|record|cuaderno|anotar",
    "organic": "\\bbio\\b|organic|ecológico|biológico",
    "residues": "temps d'attente|withdrawal|retiro|carência|intervalo de segurança",
}


def read_rows():
    text = (SAMPLE / "conversations.sql").read_text(encoding="utf-8")
    rows = []
    for key, messages, rating, created_at, language, user in ROW.findall(text):
        rows.append(Row(key, json.loads(messages), None if rating == "NULL" else float(rating.strip("'")),
                        datetime.fromisoformat(created_at.replace("Z", "+00:00")),
                        None if language == "NULL" else language.strip("'"), user))
    assert len(rows) == text.count("INSERT INTO"), "a row has another shape than this test reads"
    return rows, text


ROWS, TEXT = read_rows()
CONVERSATIONS = ROWS[:-12]
ODD = ROWS[-12:]
QUESTIONS = [json.loads(line) for line in (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
DOCUMENTS = {path: path.read_text(encoding="utf-8") for path in sorted(SAMPLE.glob("documents/*/*.md"))}


def contents(language, *roles):
    mine = [row for row in CONVERSATIONS if row.language == language]
    return [m["content"] for row in mine for m in row.messages if m["role"] in roles]


def sentences(text):
    text = re.sub(r"^[ \t]*(?:[-*#>|]+|\d+\.)[ \t]*", "", text, flags=re.M)
    return [s.strip(" *|") for s in re.split(r"(?<=[.!?…])[\"»)*]*\s+|\n+", text) if len(s.split()) >= 4]


def words(text):
    return re.findall(r"\w+", text.lower())


def shares_run(one, other, length):
    runs = {tuple(one[i:i + length]) for i in range(len(one) - length + 1)}
    return any(tuple(other[i:i + length]) in runs for i in range(len(other) - length + 1))


def test_counts():
    assert len(CONVERSATIONS) >= 160
    for language in LANGUAGES:
        mine = [row for row in CONVERSATIONS if row.language == language]
        kept = [row for row in mine if row.rating is not None and row.rating >= 4 and len(row.messages) >= 3]
        assert len(mine) == 50 and len(kept) == 41
        assert any(row.rating is None for row in mine) and any(row.rating and row.rating < 2 for row in mine)
        assert any(len(row.messages) == 10 for row in mine) and any(row.messages[0]["role"] == "system" for row in mine)
        assert len({row.user for row in mine}) >= 20
        assert len([q for q in QUESTIONS if q["language"] == language]) == 10
    assert len(QUESTIONS) == 40 and len(DOCUMENTS) == 12


def test_rows():
    assert len({row.id for row in ROWS}) == len(ROWS)
    assert all(str(uuid.UUID(row.id)) == row.id for row in ROWS)
    for row in CONVERSATIONS:
        assert 1 <= (row.rating or 1) <= 5 and 2025 <= row.created_at.year <= 2026
        roles = [message["role"] for message in row.messages]
        turns = roles[1:] if roles[0] == "system" else roles
        assert turns == [("user", "assistant")[i % 2] for i in range(len(turns))], row.id
        for message in row.messages:
            assert set(message) == {"role", "content"}, row.id
            assert message["content"].strip() == message["content"] != "", row.id


def test_odd_rows():
    """One of each kind: rows that an extraction rejects, drops or normalizes."""
    messages = [row.messages for row in ODD]
    assert sum(isinstance(m, dict) for m in messages) == 1 and sum(isinstance(m, str) for m in messages) == 1
    assert all(isinstance(turn["content"], str) for turn in json.loads(next(m for m in messages if isinstance(m, str))))
    assert messages.count([]) == 1 and sum(row.rating != row.rating for row in ODD) == 1
    assert [row.language for row in ODD if row.language not in LANGUAGES] == ["de", "fr-FR", None, "it"]
    turns = [turn for m in messages if isinstance(m, list) for turn in m]
    assert sum("role" not in turn for turn in turns) == 1 and sum(turn["content"] is None for turn in turns) == 1
    assert [turn["role"] for turn in turns if turn.get("role") not in ("user", "assistant", None)] == ["bot"]
    assert any(isinstance(turn["content"], list) for turn in turns)
    assert len(re.findall(r"^-- (?:Malformed|Unusual|Outside)", TEXT, re.M)) == 12


def test_questions():
    assert len({q["id"] for q in QUESTIONS}) == 40
    for question in QUESTIONS:
        assert set(question) == {"id", "question", "language", "category", "reference"}
        assert question["id"].startswith(question["language"] + "-")
        assert 40 <= len(question["reference"].split()) <= 110, question["id"]
        asked = words(question["question"])
        for content in contents(question["language"], "user"):
            assert not shares_run(asked, words(content), min(8, len(asked))), (question["id"], content)
        for content in contents(question["language"], "assistant"):
            assert not shares_run(words(question["reference"]), words(content), 15), (question["id"], content)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_documents(path):
    text = DOCUMENTS[path]
    assert 600 <= len(text.split()) <= 1500
    assert text.startswith("# ") and text.count("\n## ") >= 4 and path.parent.name in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_repeated(language):
    texts = contents(language, "user", "assistant") + [t for p, t in DOCUMENTS.items() if p.parent.name == language]
    texts += [q["reference"] for q in QUESTIONS if q["language"] == language]
    found = collections.Counter(" ".join(words(s)) for text in texts for s in sentences(text))
    assert [s for s, n in found.items() if n > 1] == []
    openings = collections.Counter(tuple(s.split()[:5]) for s in found.elements() if len(s.split()) >= 5)
    assert [o for o, n in openings.items() if n > 3] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_topics(language):
    spoken = [" ".join(m["content"] for m in row.messages).lower() for row in CONVERSATIONS
              if row.language == language and row.rating is not None and row.rating >= 4]
    for place, (topic, pattern) in enumerate(TOPICS.items()):
        found = sum(bool(re.search(pattern, text)) for text in spoken)
        assert found >= (3 if place < 4 else 1), (language, topic, found)


def test_letters():
    for path in [SAMPLE / "conversations.sql", SAMPLE / "questions.jsonl", ROOT / "data/SOURCES.md", *DOCUMENTS]:
        text = path.read_text(encoding="utf-8")
        assert unicodedata.normalize("NFC", text) == text, path
        assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn") and c != "\n"], path


def test_accents():
    """Users may write without; answers, references and documents may not."""
    for language, letters, bare in (
            ("fr", "éèêëàâùûîïôçœ", "litiere|deja|tres|apres|temperature|poussiere|meme|veterinaire|etre|oeufs?"),
            ("es", "áéíóúñü", "vacunacion|tambien|despues|dias|ventilacion|produccion|clinica|pequeno|mas de"),
            ("pt", "áâãàéêíóôõúç", "vacinacao|nao|tambem|ventilacao|racao|agua|veterinario|producao|entao")):
        texts = contents(language, "assistant") + [q["reference"] for q in QUESTIONS if q["language"] == language]
        texts += [t for p, t in DOCUMENTS.items() if p.parent.name == language]
        for text in texts:
            assert len(text.split()) < 25 or set(text.lower()) & set(letters), text
            assert not re.search(rf"\b(?:{bare})\b", text.lower()), text


def test_spanish_questions_open():
    for text in contents("es", "assistant") + [q["question"] for q in QUESTIONS if q["language"] == "es"]:
        assert text.count("?") == text.count("¿") and text.count("!") == text.count("¡"), text


def test_laws_have_sources():
    sources = (ROOT / "data/SOURCES.md").read_text(encoding="utf-8")
    texts = [m["content"] for row in CONVERSATIONS for m in row.messages] + list(DOCUMENTS.values())
    texts += [q["reference"] for q in QUESTIONS]
    number = re.compile(r"\b(?:\d{4}/\d{2,4}|\d{1,3}/(?:19|20)\d\d|\d{3,4}/20[01]\d)\b")
    laws = {law for text in texts for law in number.findall(text)}
    assert len(laws) >= 12 and [law for law in laws if law not in sources] == []


def test_the_table_of_the_page():
    page = (ROOT / "docs/data.md").read_text(encoding="utf-8")
    rated = lambda test: lambda row: row.rating is not None and test(row.rating)  # noqa: E731
    long = lambda low, high: lambda row: low <= len(row.messages) <= high  # noqa: E731
    for name, test in {
        "conversations": lambda row: True,
        "rating 5": rated(lambda rating: rating == 5),
        "rating 4.5": rated(lambda rating: rating == 4.5),
        "rating 4": rated(lambda rating: rating == 4),
        "rating below 4": rated(lambda rating: rating < 4),
        "not rated": lambda row: row.rating is None,
        "2 messages": long(2, 2),
        "3 messages": long(3, 3),
        "4 messages": long(4, 4),
        "5 to 7 messages": long(5, 7),
        "8 to 10 messages": long(8, 10),
        "rating 4 or more and 3 messages or more":
            lambda row: row.rating is not None and row.rating >= 4 and len(row.messages) >= 3,
    }.items():
        counts = [sum(row.language == language and test(row) for row in CONVERSATIONS) for language in LANGUAGES]
        assert f"| {name} | " + " | ".join(map(str, [*counts, sum(counts)])) + " |" in page
