"""Every signal with a real server: the rows that the database selects, and their ratings."""
import json
import random

import pytest

import program
from conversations import TURNS, ids_of, insert, lines_of

ANSWERS = [turn["content"] for turn in TURNS if turn["role"] == "assistant"]


def extract(url, folder, *arguments):
    return program.run("extract", "--output", folder, "--max-rejected", "1", "--allow-empty", *arguments,
                       environment={"DATABASE_URL": url})


def records_of(url, folder, *arguments):
    """{id: record} of a run that must succeed."""
    run = extract(url, folder, *arguments)
    assert run.status == 0, run.stderr
    return {record["metadata"]["conversation_id"]: record for record in lines_of(folder)}


def ratings_of(url, folder, *arguments):
    return {name: record["metadata"].get("rating") for name, record in records_of(url, folder, *arguments).items()}


def rejected_of(folder):
    return {record["where"].removeprefix("conversation "): record["reason"] for record in lines_of(folder, "rejected.jsonl")}


def dropped_of(folder):
    return {record["conversation_id"]: record["reason"] for record in lines_of(folder, "dropped.jsonl")}


def words_of(record):
    return [message["content"] for message in record["messages"]]


def retype(connection, column, type_name):
    connection.cursor().execute(f"ALTER TABLE conversations ALTER COLUMN {column} TYPE {type_name} USING NULL")


def set_column(connection, column, values):
    """Inserts one conversation per value, with its index as id."""
    row = {"rating": None} if column == "rating" else {}
    insert(connection, [{"conversation_id": f"{number:02d}", **row} for number in range(len(values))])
    for number, value in enumerate(values):
        connection.cursor().execute(f"UPDATE conversations SET {column} = %s WHERE conversation_id = %s", (value, f"{number:02d}"))


def add(connection, table, **row):
    names = ", ".join(row)
    connection.cursor().execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))


@pytest.mark.parametrize("type_name", ["integer", "real", "double precision", "numeric", "text"])
@pytest.mark.parametrize("scale, values, expected", [
    ("1-5", [0, 1, 3, 4, 5, 7, 5382], [None, None, None, 4, 5, "outside", "outside"]),
    ("0-10", [0, 7, 8, 10, 11, -1], [None, None, 4.2, 5, "outside", "outside"]),
    ("0-5", [0, 3, 4, 5, 6], [None, None, 4.2, 5, "outside"]),
    ("0-1", [0, 1, 2], [None, 5, "outside"]),
    ("0-100", [74, 75, 100, 101], [None, 4, 5, "outside"]),
    ("boolean", [0, 1, 2], [None, 5, "outside"])])
def test_scales_and_types(database, tmp_path, type_name, scale, values, expected):
    url, connection = database
    retype(connection, "rating", type_name)
    set_column(connection, "rating", values + [None])
    kept = ratings_of(url, tmp_path / "out", "--rating-scale", scale)
    assert kept == {f"{number:02d}": rating for number, rating in enumerate(expected) if rating not in (None, "outside")}
    rejected = rejected_of(tmp_path / "out")
    assert set(rejected) == {f"{number:02d}" for number, rating in enumerate(expected) if rating == "outside"}
    assert all(f"is outside the scale {scale}" in reason for reason in rejected.values())
    assert dropped_of(tmp_path / "out") == {}, "the database let through what it can know to be rated too low"


def test_fractions_of_a_real_are_those_that_are_shown(database, tmp_path):
    url, connection = database
    retype(connection, "rating", "real")
    set_column(connection, "rating", [0.775, 0.774])
    assert ratings_of(url, tmp_path / "out", "--rating-scale", "0-1", "--min-rating", "4.1") == {"00": 4.1}


@pytest.mark.parametrize("signals", ["rating", "rating,thumbs"])
@pytest.mark.parametrize("type_name", ["real", "double precision", "numeric", "numeric(3,1)", "text"])
def test_the_minimum_is_reached_in_every_type(database, tmp_path, type_name, signals):
    """The database compares as the program does, which reads the text of a rating."""
    url, connection = database
    retype(connection, "rating", type_name)
    values = [f"{tenths / 10:g}" for tenths in range(10, 51)]
    set_column(connection, "rating", values)
    for minimum in values[::12] + ["4.1", "4.2", "4.6", "4.7"]:
        kept = ratings_of(url, tmp_path / "out", "--signals", signals, "--min-rating", minimum)
        expected = {f"{number:02d}": float(value) for number, value in enumerate(values) if float(value) >= float(minimum)}
        assert kept == expected, minimum


def test_boolean_ratings(database, tmp_path):
    url, connection = database
    retype(connection, "rating", "boolean")
    set_column(connection, "rating", [True, False, None])
    for scale in ("1-5", "boolean", "0-10"):
        assert ratings_of(url, tmp_path / "out", "--rating-scale", scale) == {"00": 5}
    assert ratings_of(url, tmp_path / "out", "--min-rating", "1") == {"00": 5, "01": 1}


TEXT_RATINGS = {"4,5": 4.5, " 4.5 ": 4.5, "\t5\n": 5, "+4": 4, "4.": 4, ",5e1": 5, "4e0": 4, "true": 5, "3,9": None, "1": None,
                "false": None, "-4": None, "5/5": "is not a number", "abc": "is not a number", "": "is not a number",
                "4,5,6": "is not a number", "1e999": "is not a number", "1e-999": "is not a number", "NaN": "is NaN",
                "Infinity": "is infinite", "4 stars": "is not a number", "٤": "is not a number", "4" * 400: "is not a number",
                "0." + "0" * 400 + "1": "is not a number"}


@pytest.mark.parametrize("type_name", ["text", "char(450)"])
def test_ratings_of_text(database, tmp_path, type_name):
    url, connection = database
    retype(connection, "rating", type_name)
    set_column(connection, "rating", list(TEXT_RATINGS) + [None])
    expected = {f"{number:02d}": meaning for number, meaning in enumerate(TEXT_RATINGS.values())}
    assert ratings_of(url, tmp_path / "out") == {name: rating for name, rating in expected.items() if isinstance(rating, (int, float))}
    rejected = rejected_of(tmp_path / "out")
    assert set(rejected) == {name for name, meaning in expected.items() if isinstance(meaning, str)}
    for name, reason in rejected.items():
        assert reason.startswith("rating " + expected[name])


@pytest.mark.parametrize("type_name", ["numeric", "double precision"])
@pytest.mark.parametrize("scale", ["1-5", "0-10"])
def test_numbers_that_are_no_doubles_do_not_end_the_copy(database, tmp_path, type_name, scale):
    url, connection = database
    retype(connection, "rating", type_name)
    huge = [10 ** 400, "1e-400"] if type_name == "numeric" else ["1e308", "1e-308"]
    set_column(connection, "rating", [9 if scale == "0-10" else 5, "NaN", "Infinity", "-Infinity", *huge])
    for signals in ("rating", "rating,thumbs"):
        run = extract(url, tmp_path / "out", "--rating-scale", scale, "--signals", signals)
        assert run.status == 0, run.stderr
        assert "00" in ids_of(tmp_path / "out")
        assert rejected_of(tmp_path / "out")["01"] == "rating is NaN"


@pytest.mark.parametrize("type_name, values, expected", [
    ("boolean", [True, False, None], [5, None, None]),
    ("integer", [1, -1, 0, None, 2], [5, None, None, None, "neither"]),
    ("numeric(4,2)", [1, -1, 0, 0.5], [5, None, None, "neither"]),
    ("text", ["up", " Thumbs_Up ", "+1", "LIKE", "👍", "down", "-1", "dislike", "👎", "0", "", "none", "sideways", "ⅼike"],
     [5, 5, 5, 5, 5, None, None, None, None, None, None, None, "neither", "neither"])])
def test_thumbs(database, tmp_path, type_name, values, expected):
    url, connection = database
    retype(connection, "thumbs", type_name)
    set_column(connection, "thumbs", values)
    records = records_of(url, tmp_path / "out", "--signals", "thumbs")
    assert {name: record["metadata"]["rating"] for name, record in records.items()} == {
        f"{number:02d}": rating for number, rating in enumerate(expected) if rating == 5}
    assert all(record["metadata"]["rating_source"] == "thumbs" for record in records.values())
    assert set(rejected_of(tmp_path / "out")) == {f"{number:02d}" for number, rating in enumerate(expected) if rating == "neither"}
    # Without a thumb the next signal decides.
    connection.cursor().execute("ALTER TABLE conversations RENAME thumbs TO hands")
    ratings = ratings_of(url, tmp_path / "out", "--signals", "thumbs,rating", "--columns", "thumbs=hands")
    silent = {f"{number:02d}" for number, value in enumerate(values) if value is not False and value in (None, 0, "0", "", "none")}
    assert {name for name, rating in ratings.items() if rating == 4.5} == silent
    run = extract(url, tmp_path / "out", "--signals", "thumbs")
    assert run.status == 2 and "thumbs" in run.stderr


def test_ratings_inside_messages(database, tmp_path):
    url, connection = database

    def rated(*ratings):
        messages = json.loads(json.dumps(TURNS))
        for turn, rating in zip((turn for turn in messages if turn["role"] == "assistant"), ratings):
            turn.update(rating)
        return messages

    insert(connection, [{"conversation_id": name, "messages": messages, "rating": 1} for name, messages in {
        "good": rated({"rating": 4}, {"score": 5}), "words": rated({"thumbs": "up"}, {}), "low": rated({"rating": 3}, {"rating": 4}),
        "bad-end": rated({"rating": 5}, {"rating": 3}), "silent": TURNS, "odd": rated({"rating": "fine"})}.items()])
    records = records_of(url, tmp_path / "out", "--signals", "turns")
    assert {name: (record["metadata"]["rating"], len(record["messages"])) for name, record in records.items()} == {
        "good": (4.5, 4), "words": (5, 4), "bad-end": (4, 2)}
    assert dropped_of(tmp_path / "out") == {"low": "rated below the minimum: 3.5",
                                            "silent": "not rated: no listed signal has a rating"}
    assert rejected_of(tmp_path / "out") == {"odd": "rating of a turn is not a number: \"fine\" (messages[1].rating)"}


def test_feedback(database, tmp_path):
    url, connection = database
    insert(connection, [{"conversation_id": name, "rating": None} for name in
                        ["mean", "low", "none", "silent", "corrected", "by-text", "last", "no-answer", "bad-turn"]])
    for rating in (5, 3, 4):
        add(connection, "feedback", conversation_id="mean", turn=3, rating=rating)
    add(connection, "feedback", conversation_id="low", turn=3, rating=3.99)
    add(connection, "feedback", conversation_id="silent", turn=3, feedback_text="?")
    add(connection, "feedback", conversation_id="corrected", turn=3, rating=1, corrected_answer="newest", created_at="2026-03-03")
    add(connection, "feedback", conversation_id="corrected", turn=3, rating=1, corrected_answer="old", created_at="2026-03-02")
    connection.cursor().execute("ALTER TABLE feedback ALTER turn DROP NOT NULL")
    add(connection, "feedback", conversation_id="by-text", answer=f" {ANSWERS[0]}\n", corrected_answer="first")
    add(connection, "feedback", conversation_id="last", corrected_answer="l'eau \"fraîche\"\n")
    add(connection, "feedback", conversation_id="no-answer", turn=2, corrected_answer="x")
    add(connection, "feedback", conversation_id="bad-turn", turn=1, rating=5)
    add(connection, "feedback", conversation_id="bad-turn", turn=3, rating=3.5)
    records = records_of(url, tmp_path / "out", "--signals", "feedback")
    assert {name: words_of(record)[1:] for name, record in records.items()} == {
        "mean": [turn["content"] for turn in TURNS][1:], "corrected": [ANSWERS[0], TURNS[2]["content"], "newest"],
        "by-text": ["first"], "last": [ANSWERS[0], TURNS[2]["content"], "l'eau \"fraîche\"\n"], "bad-turn": ANSWERS[:1]}
    assert records["mean"]["metadata"] | {"created_at": ""} == {
        "conversation_id": "mean", "rating": 4, "rating_source": "feedback", "source": "intelia_production", "language": "en",
        "created_at": ""}
    metadata = records["corrected"]["metadata"]
    assert (metadata["source"], metadata["rating"]) == ("feedback", 1)
    assert metadata["corrections"] == [{"turn": 3, "from": "feedback", "feedback_id": metadata["corrections"][0]["feedback_id"],
                                        "original": ANSWERS[1]}]
    assert "rating" not in records["last"]["metadata"]
    assert rejected_of(tmp_path / "out") == {"no-answer": "corrected turn is not an answer: turn 2"}
    # Feedback is used only if it is listed.
    assert records_of(url, tmp_path / "out") == {}


def test_feedback_by_other_names_and_types(cluster, tmp_path):
    name = cluster.new_database(schema=False)
    connection = cluster.connect(name)
    first, second = "3981193c-c935-4d40-bf10-1777a6fa14e5", "00000000-0000-4000-8000-000000000001"
    connection.cursor().execute('''
        CREATE SCHEMA crm; CREATE TABLE chats (conversation_id uuid PRIMARY KEY, messages jsonb, rating numeric,
                                               created_at timestamptz, language text);
        CREATE TABLE crm."voices; DROP TABLE chats" (chat text, stars text, better varchar(50), "when" date);''')
    for conversation_id in (first, second):
        connection.cursor().execute("INSERT INTO chats VALUES (%s, %s, NULL, '2026-01-01', 'en')", (conversation_id, json.dumps(TURNS)))
    connection.cursor().execute(f'''INSERT INTO crm."voices; DROP TABLE chats" VALUES
        ('{first}', '8,5', NULL, '2026-01-01'), ('{first}', NULL, 'new', '2026-01-03'), ('{first}', NULL, 'old', '2026-01-02'),
        ('{second}', '7,9', NULL, '2026-01-01'), ('{second}', 'n/a', ' ', NULL), (NULL, '1', 'x', NULL);''')
    mapping = ["--table", "chats", "--signals", "feedback", "--feedback-scale", "0-10", "--feedback-table",
               'crm."voices; DROP TABLE chats"', "--feedback-columns",
               "conversation_id=chat,rating=stars,corrected_answer=better,created_at=when"]
    records = records_of(cluster.url(name), tmp_path / "out", *mapping)
    assert {key: (words_of(record)[-1], record["metadata"]["rating"]) for key, record in records.items()} == {first: ("new", 4.4)}
    assert rejected_of(tmp_path / "out") == {second: "feedback rating is not a number: \"n/a\""}
    # A view of it works as well, and parallel reading has the same result.
    connection.cursor().execute('CREATE VIEW voices AS SELECT * FROM crm."voices; DROP TABLE chats"; '
                                'CREATE INDEX ON chats (created_at); ANALYZE chats')
    mapping[mapping.index("--feedback-table") + 1] = "voices"
    assert records_of(cluster.url(name), tmp_path / "view", *mapping, "--jobs", "2") == records
    connection.close()


def test_annotations(database, tmp_path):
    url, connection = database
    insert(connection, [{"conversation_id": name, "rating": None if name.startswith("by-") else 4.5} for name in
                        ["by-score", "by-low-score", "corrected", "one-mind", "answers-differ", "scores-differ", "renewed", "bad-turn",
                         "beats-user", "odd-score"]])

    def annotate(conversation_id, annotator, turn=3, **row):
        if "scores" in row:
            row["scores"] = json.dumps(row["scores"])
        add(connection, "annotations", conversation_id=conversation_id, annotator=annotator, turn=turn, **row)

    annotate("by-score", "ana", scores={"accuracy": 5, "clarity": 4, "tone": None})
    annotate("by-score", "ana", turn=1, scores=5)
    annotate("by-score", "bo", scores={"accuracy": 4})
    annotate("by-low-score", "ana", scores={"accuracy": 5, "clarity": 5, "tone": 4})
    annotate("by-low-score", "bo", scores={"accuracy": 3})
    annotate("corrected", "ana", corrected_answer="best", scores={"accuracy": 1})
    annotate("one-mind", "ana", corrected_answer="the  best\nanswer")
    annotate("one-mind", "bo", corrected_answer=" the best answer")
    annotate("answers-differ", "ana", corrected_answer="one")
    annotate("answers-differ", "bo", corrected_answer="two")
    annotate("answers-differ", "cy", scores=5)
    annotate("scores-differ", "ana", scores=5)
    annotate("scores-differ", "bo", scores={"accuracy": 2})
    annotate("renewed", "ana", corrected_answer="second thought", created_at="2026-03-03")
    annotate("renewed", "ana", corrected_answer="first thought", created_at="2026-03-02")
    annotate("bad-turn", "ana", scores=3)
    annotate("beats-user", "ana", corrected_answer="expert's")
    add(connection, "feedback", conversation_id="beats-user", turn=3, corrected_answer="user's")
    annotate("odd-score", "ana", scores={"accuracy": 9})
    signals = ["--signals", "rating,feedback,annotations"]
    records = records_of(url, tmp_path / "out", *signals)
    assert {name: words_of(record)[-1] for name, record in records.items()} == {
        "by-score": ANSWERS[1], "corrected": "best", "one-mind": "the  best\nanswer",
        "renewed": "second thought", "bad-turn": ANSWERS[0], "beats-user": "expert's"}
    assert dropped_of(tmp_path / "out") == {}, "the database let through what it can know to be rated too low"
    assert records["by-score"]["metadata"]["rating"] == pytest.approx((14 / 3 + 4) / 2)
    assert records["by-score"]["metadata"]["rating_source"] == "annotations"
    assert records["one-mind"]["metadata"]["source"] == "expert"
    assert records["one-mind"]["metadata"]["corrections"] == [
        {"turn": 3, "from": "annotations", "annotators": ["ana", "bo"], "original": ANSWERS[1]}]
    quarantined = {record["where"].removeprefix("conversation "): record["reason"]
                   for record in lines_of(tmp_path / "out", "quarantine.jsonl")}
    assert quarantined == {"answers-differ": "experts disagree: turn 3, 2 answers of 3 annotators",
                           "scores-differ": "experts disagree: turn 3, scores from 2 to 5 of 2 annotators"}
    assert rejected_of(tmp_path / "out")["odd-score"].startswith("annotation score is not from 1 to 5: \"9\", row ")
    assert "scores-differ" in records_of(url, tmp_path / "out", *signals, "--max-disagreement", "3", "--min-rating", "2")
    records = records_of(url, tmp_path / "out", *signals, "--min-annotators", "2")
    assert words_of(records["one-mind"])[-1] == "the  best\nanswer"
    assert words_of(records["beats-user"])[-1] == "user's"
    assert words_of(records["renewed"])[-1] == ANSWERS[1]


@pytest.mark.parametrize("type_name, low, odd", [("json", '{"a": 3}', '{"a": "\\u0000"}'), ("text", '{"a": 3}', "{not json"),
                                                 ("numeric", "3", "NaN"), ("integer", "3", "7")])
def test_scores_of_other_types(database, tmp_path, type_name, low, odd):
    url, connection = database
    connection.cursor().execute(f"ALTER TABLE annotations ALTER COLUMN scores TYPE {type_name} USING NULL")
    good = "5" if type_name in ("numeric", "integer") else '{"a": 5, "b": 4.5}'
    insert(connection, [{"conversation_id": name} for name in ("good", "low", "odd", "none")])
    for name, scores in [("good", good), ("low", low), ("odd", odd), ("none", None)]:
        add(connection, "annotations", conversation_id=name, annotator="ana", turn=3, scores=scores)
    assert ids_of_run(url, tmp_path / "out", "--signals", "annotations") == ["good"]
    assert list(rejected_of(tmp_path / "out")) == ["odd"]


def ids_of_run(url, folder, *arguments):
    return sorted(records_of(url, folder, *arguments))


def test_the_database_and_the_program_hear_the_same(database, tmp_path):
    """Random ratings of every kind; the rating of each conversation as computed by this test."""
    url, connection = database
    chance = random.Random(7)
    expected = {}
    insert(connection, [{"conversation_id": f"{number:03d}", "rating": None} for number in range(400)])
    for number in range(400):
        name = f"{number:03d}"
        rating = chance.choice([None, None, 0, 5, 7.5, 7.4, 10])
        thumb = chance.choice([None, None, True, False])
        connection.cursor().execute("UPDATE conversations SET rating = %s, thumbs = %s WHERE conversation_id = %s", (rating, thumb, name))
        stars = [chance.choice([None, 3.9, 4, 4.1, 5, 3.7]) for _ in range(chance.choice([0, 0, 1, 3]))]
        for star in stars:
            add(connection, "feedback", conversation_id=name, turn=0, rating=star)  # on no answer: no turn is bad
        annotators = {}
        for _ in range(chance.choice([0, 0, 1, 4])):
            annotator = chance.choice("xyz")
            scores = {key: chance.choice([3, 4, 4.5, 5, None]) for key in chance.choice(["", "a", "ab"])}
            annotators.setdefault(annotator, []).extend(score for score in scores.values() if score is not None)
            add(connection, "annotations", conversation_id=name, annotator=annotator, turn=0, scores=json.dumps(scores))
        stars = [star for star in stars if star is not None]
        means = [sum(scores) / len(scores) for scores in annotators.values() if scores]
        expected[name] = {"rating": None if rating is None else 1 + rating * 0.4, "thumbs": {None: None, True: 5, False: 1}[thumb],
                          "feedback": sum(stars) / len(stars) if stars else None,
                          "annotations": sum(means) / len(means) if means else None}
    for signals in ("rating", "thumbs", "feedback", "annotations", "thumbs,rating,annotations,feedback", "annotations,feedback,rating,thumbs",
                    "feedback,turns,rating"):
        truth, borders = {}, set()
        for name, said in expected.items():
            first = next((said[signal] for signal in signals.split(",") if said.get(signal) is not None), None)
            if first is not None and abs(first - 4) < 1e-9:
                borders.add(name)  # a mean that is 4 except for its last bit
            elif first is not None and first > 4:
                truth[name] = pytest.approx(first)
        ratings = ratings_of(url, tmp_path / "out", "--signals", signals, "--rating-scale", "0-10", "--max-disagreement", "4")
        assert {name: rating for name, rating in ratings.items() if name not in borders} == truth
        assert len(truth) > 20
        assert set(dropped_of(tmp_path / "out")) <= borders or "turns" in signals


def test_missing_tables_and_columns(database, tmp_path):
    url, connection = database
    insert(connection, [{}])
    for arguments, words in [
            (["--signals", "feedback", "--feedback-table", "feedbak"], "did you mean 'feedback'"),
            (["--signals", "annotations", "--annotations-table", "public.annotation"], "did you mean 'annotations'"),
            (["--signals", "feedback", "--feedback-columns", "rating=ratings"], "did you mean 'rating'"),
            (["--signals", "annotations", "--annotations-columns", "annotator=anotator"], "did you mean 'annotator'"),
            (["--signals", "feedback", "--feedback-columns", "ratings=rating"], "--feedback-columns: unknown name 'ratings'"),
            (["--signals", "stars"], "--signals: unknown signal 'stars'"),
            (["--rating-scale", "1-10"], "--rating-scale: unknown scale '1-10'"),
            (["--signals", "thumbs", "--columns", "thumbs=thumb"], "thumb")]:
        run = extract(url, tmp_path / "out", *arguments)
        assert run.status == 2 and words in run.stderr, run.stderr
    # Optional columns may be missing.
    connection.cursor().execute("ALTER TABLE feedback DROP question, DROP answer, DROP sources, DROP feedback_text, "
                                "DROP corrected_answer, DROP created_at, DROP turn CASCADE; ALTER TABLE feedback DROP feedback_id; "
                                "ALTER TABLE annotations DROP corrected_answer, DROP comment, DROP created_at, DROP annotation_id")
    add(connection, "feedback", conversation_id="c-000000", rating=4)
    assert ratings_of(url, tmp_path / "out", "--signals", "feedback,annotations") == {"c-000000": 4}
    connection.cursor().execute("ALTER TABLE annotations DROP scores, DROP turn CASCADE; TRUNCATE feedback")
    assert ratings_of(url, tmp_path / "out", "--signals", "annotations,rating") == {"c-000000": 4.5}


TAGS = {
    "fr": ["fr", "FR", " fr ", "fr-FR", "fr_CA.UTF-8", "fr@euro", "FR_fr", "fra", "fre", "FRE", "French", "french", "FRENCH", "français",
           "Français", "FRANÇAIS", "francais", "franc\u0327ais", "franç\u0327ais", "francés", "francês", "Frances", "French (Canada)", "fr,en;q=0.5", "\tfr\n"],
    "en": ["en", "EN", "en-US", "en_GB", "eng", "English", "anglais", "inglés", "Inglês", "INGLÉS"],
    "es": ["es", "es-419", "ES_mx", "spa", "Spanish", "espagnol", "español", "ESPAÑOL", "espanhol", "castellano"],
    "pt": ["pt", "pt-BR", "PT_br", "por", "Portuguese", "portugais", "português", "portugués", "Português do Brasil"],
    "de": ["de", "de-AT", "DE"],
    None: ["", " ", "-", "deu", "German", "fry", "frx", "franxais", "fransais", "ens", "eñ", "ê", "zh-Hans", "xfr", "'fr'"],
}


def test_languages_are_one_whatever_their_tag(database, tmp_path):
    url, connection = database
    tags = [(tag, code) for code, list_of_code in TAGS.items() for tag in list_of_code]
    assert len(tags) >= 60
    insert(connection, [{"conversation_id": f"{number:02d}", "language": tag} for number, (tag, _) in enumerate(tags)])
    insert(connection, [{"conversation_id": "null", "language": None}])
    everything = records_of(url, tmp_path / "out", "--languages", "")
    assert len(everything) == len(tags) + 1
    of_program = {}
    for number, (tag, code) in enumerate(tags):
        metadata = everything[f"{number:02d}"]["metadata"]
        of_program[f"{number:02d}"] = metadata["language"]
        assert metadata["language"] == code if code else metadata["language"] not in TAGS
        assert metadata.get("language_tag", metadata["language"]) == tag
        assert ("language_tag" in metadata) == (metadata["language"] != tag)
    for wanted in ("fr", "en", "es", "pt", "de", "French", "zh", "xfr", "german", "fr,pt,deu"):
        codes = {{"French": "fr"}.get(code, code) for code in wanted.split(",")}
        assert sorted(records_of(url, tmp_path / "out", "--languages", wanted)) == sorted(
            name for name, code in of_program.items() if code in codes), wanted
    chosen = records_of(url, tmp_path / "out", "--languages", "pt-BR,'fr'")
    assert sorted(tags[int(name)][0] for name in chosen) == ["'fr'", "PT_br", "pt-BR"]


@pytest.mark.parametrize("type_name", ["varchar(40)", "char(40)", "tongue"])
def test_languages_of_other_types(database, tmp_path, type_name):
    url, connection = database
    tags = ["fr", "fr-FR", "French", "en"]
    connection.cursor().execute("CREATE TYPE tongue AS ENUM ('fr', 'fr-FR', 'French', 'en')")
    retype(connection, "language", type_name)
    insert(connection, [{"conversation_id": tag, "language": tag} for tag in tags])
    assert ids_of_run(url, tmp_path / "out", "--languages", "fr") == ["French", "fr", "fr-FR"]


def test_time_zones(database, tmp_path):
    url, connection = database
    connection.cursor().execute("ALTER TABLE conversations ALTER created_at TYPE timestamp")
    # In Paris 02:30 is not on 2026-03-29 and is twice on 2026-10-25: PostgreSQL reads the one as 03:30 of summer, the
    # other as that of winter.
    times = {"winter": ("2026-01-01 12:00", "2026-01-01T11:00:00Z"), "summer": ("2026-07-01 12:00:00.5", "2026-07-01T10:00:00.5Z"),
             "gap": ("2026-03-29 02:30", "2026-03-29T01:30:00Z"), "after-gap": ("2026-03-29 03:10", "2026-03-29T01:10:00Z"),
             "twice": ("2026-10-25 02:30", "2026-10-25T01:30:00Z"), "midnight": ("2026-02-01 00:00", "2026-01-31T23:00:00Z")}
    insert(connection, [{"conversation_id": name, "created_at": local} for name, (local, _) in times.items()])
    paris = ["--time-zone", "Europe/Paris"]
    expected = {name: instant for name, (_, instant) in times.items()}

    def created(*arguments):
        return {name: record["metadata"]["created_at"] for name, record in records_of(url, tmp_path / "out", *arguments).items()}

    assert created(*paris) == expected
    with connection.cursor() as cursor:
        cursor.execute("SELECT conversation_id, to_char(created_at AT TIME ZONE 'Europe/Paris' AT TIME ZONE 'UTC', "
                       "'YYYY-MM-DD\"T\"HH24:MI:SS') FROM conversations")
        assert {name: instant.rstrip("Z").split(".")[0] for name, instant in expected.items()} == dict(cursor.fetchall())
    assert created("--time-zone", "UTC")["winter"] == "2026-01-01T12:00:00Z"
    run = extract(url, tmp_path / "order", *paris, "--split", "1")
    assert run.status == 0
    instants = [record["metadata"]["created_at"] for record in lines_of(tmp_path / "order", "train.jsonl")]
    assert instants == sorted(instants, reverse=True), "newest first is by the instant, not by the clock on the wall"
    connection.cursor().execute("CREATE INDEX ON conversations (created_at); ANALYZE conversations")
    assert created(*paris, "--jobs", "3") == expected
    assert set(created(*paris, "--since", "2026-02-01")) == set(expected) - {"winter", "midnight"}
    assert set(created(*paris, "--until", "2026-01-31T23:00:00Z")) == {"winter"}
    run = extract(url, tmp_path / "out", "--time-zone", "Europe/Pari")
    assert run.status == 2 and "did you mean 'Europe/Paris'" in run.stderr
    for zone in ("UTC+3", "EST5EDT7", "x' OR true --"):
        assert extract(url, tmp_path / "out", "--time-zone", zone).status == 2
    connection.cursor().execute("ALTER TABLE conversations ALTER created_at TYPE date")
    connection.cursor().execute("UPDATE conversations SET created_at = '2026-07-01'")
    assert set(created(*paris).values()) == {"2026-06-30T22:00:00Z"}
    connection.cursor().execute("ALTER TABLE conversations ALTER created_at TYPE timestamptz")
    connection.cursor().execute("UPDATE conversations SET created_at = '2026-07-01 12:00+00'")
    assert set(created(*paris).values()) == {"2026-07-01T12:00:00Z"}


def test_messages_of_other_systems(database, tmp_path):
    url, connection = database
    says = [("user", "u"), ("assistant", "a"), ("user", "v")]
    share_gpt = {"conversations": [{"from": {"user": "human", "assistant": "gpt"}[role], "value": text} for role, text in says]}
    insert(connection, [{"conversation_id": name, "messages": messages} for name, messages in {
        "plain": [{"role": role, "content": text} for role, text in says], "share-gpt": share_gpt,
        "thrice": json.dumps(json.dumps(json.dumps(share_gpt))),
        "tools": [{"role": "user", "content": "u"}, {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
                  {"role": "tool", "content": "9"}, {"role": "assistant", "content": ["a"]}, {"role": "user", "content": "v"}],
        "vets": [{"role": {"user": "Farmer", "assistant": "vet"}[role], "content": text} for role, text in says]}.items()])
    records = records_of(url, tmp_path / "out", "--roles", "farmer=user,vet=assistant")
    assert {name: words_of(record) for name, record in records.items()} == {
        name: ["u", "a", "v"] for name in ("plain", "share-gpt", "thrice", "tools", "vets")}
    assert "vets" not in records_of(url, tmp_path / "out")
    assert rejected_of(tmp_path / "out")["vets"].startswith("unknown role: \"Farmer\"")


def test_an_increment_hears_of_new_feedback(database, tmp_path):
    """The version of a row is that of its feedback and annotations too."""
    url, connection = database
    insert(connection, [{} for _ in range(40)])
    signals = ["--signals", "rating,feedback,annotations"]

    def same_as_in_full():
        run = extract(url, tmp_path / "step", *signals, "--incremental", "--json")
        assert run.status == 0, run.stderr
        assert extract(url, tmp_path / "full", *signals).status == 0
        for name in ("train.jsonl", "validation.jsonl", "rejected.jsonl", "dropped.jsonl", "quarantine.jsonl"):
            assert (tmp_path / "step" / name).read_bytes() == (tmp_path / "full" / name).read_bytes(), name
        return json.loads(run.stdout).get("increment", {}).get("updated")

    same_as_in_full()
    add(connection, "feedback", conversation_id="c-000003", turn=3, corrected_answer="better")
    assert same_as_in_full() == 1
    add(connection, "annotations", conversation_id="c-000003", turn=3, annotator="ana", corrected_answer="best")
    add(connection, "annotations", conversation_id="c-000004", turn=3, annotator="ana", scores="2")
    assert same_as_in_full() == 2
    connection.cursor().execute("UPDATE annotations SET scores = '5' WHERE conversation_id = 'c-000004'")
    assert same_as_in_full() == 1
    connection.cursor().execute("DELETE FROM feedback; DELETE FROM annotations")
    assert same_as_in_full() == 2
    assert same_as_in_full() == 0
