"""What `eval run` must not be fooled by: records that the candidate has seen, and another base, method, tokenizer or chat
template than the candidate was trained with. Any two models can be compared."""
import html
import json
import math
import shutil
import stat

import pytest

import program
from tiny import ON_CPU, conversation, write_lines

NOT_ENOUGH = 4
INDEX = "trained_records.index"


def scores_of(folder):
    return json.loads((folder / "scores.json").read_text())


def other(number):
    """A conversation that the tiny adapter was not trained on."""
    return conversation(number, f"How dry is the litter of house {number}?", f"Dry and friable, as on day {number}.")


def test_training_data_give_no_verdict(tiny, tmp_path):
    """The file that the adapter was trained on, in other words: escapes, another normal form, other ids and order."""
    copies = [dict(messages=[dict(reversed(message.items())) for message in conversation(number)["messages"]],
                   metadata={"conversation_id": f"copy-{number}"}) for number in range(24)]
    renamed = write_lines(tmp_path / "renamed.jsonl", [json.dumps(record).encode() for record in reversed(copies)])
    for name, validation in (("same", tiny.train), ("renamed", renamed)):
        folder = tmp_path / name
        run = program.run(*tiny.eval(folder, "--min-conversations", 10, validation=validation))
        assert run.status == NOT_ENOUGH, run.stderr
        assert "0 conversations were compared (24 more are left out" in run.stderr
        scores = scores_of(folder)
        assert scores["training_data"]["known"] and scores["training_data"]["excluded_conversations"] == 24
        assert scores["conversations"] == []
        assert "24 conversations are left out because a model was trained on them" in (folder / "report.html").read_text()


def test_some_training_data_are_left_out(tiny, tmp_path):
    """By id alone, too; the first are named, and the scores are those of the others alone."""
    changed = conversation(5, "Another question?", "Another answer.")
    held_out = [other(number) for number in range(100, 112)]
    mixed = write_lines(tmp_path / "mixed.jsonl", [held_out[0], b"not a record", changed, *held_out[1:], conversation(7)])
    alone = write_lines(tmp_path / "alone.jsonl", held_out)
    more = ("--min-conversations", 10, "--max-rejected", 0.5)
    for name, path in (("mixed", mixed), ("alone", alone)):
        run = program.run(*tiny.eval(tmp_path / name, *more, validation=path))
        assert run.status in (0, 3, 4), run.stderr
    scores, expected = scores_of(tmp_path / "mixed"), scores_of(tmp_path / "alone")
    assert scores["training_data"] == {"known": True, "excluded_conversations": 2, "first_excluded": ["c-5", "c-7"],
                                       "selection_conversations": 0}
    assert [each["id"] for each in scores["conversations"]] == [each["id"] for each in expected["conversations"]]
    for key in ("conversations", "tokens", "bytes"):
        assert scores["overall"][key] == expected["overall"][key]
    assert scores["overall"]["loss_difference"] == pytest.approx(expected["overall"]["loss_difference"], abs=1e-5)
    assert "2 conversations are left out because a model was trained on them: c-5, c-7" in (
        tmp_path / "mixed" / "report.html").read_text()


def test_without_an_index_the_training_data_are_unknown(tiny, tmp_path):
    adapter = tmp_path / "peft"
    adapter.mkdir()
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (adapter / name).write_bytes((tiny.adapter() / name).read_bytes())
    run = program.run(*tiny.eval(tmp_path / "out", adapter=adapter, allows_mismatch=False))
    assert run.status == NOT_ENOUGH and "has no index of the records" in run.stderr
    assert scores_of(tmp_path / "out")["training_data"]["known"] is False
    assert "has no index of the records" in (tmp_path / "out" / "report.html").read_text()


def test_the_index_is_an_output_for_the_owner_alone_and_follows_the_weights(tiny, tmp_path):
    """It is in the manifest, holds for checkpoints, for an adapter that is trained further, and for a quantized model."""
    index = tiny.adapter() / INDEX
    assert stat.S_IMODE(index.stat().st_mode) == 0o600
    outputs = {output["path"]: output for output in json.loads((tiny.adapter() / "manifest.json").read_text())["outputs"]}
    assert outputs[INDEX]["records"] == 24 + 6
    assert b"How warm" not in index.read_bytes() and b"c-1" not in index.read_bytes()
    checkpoint = next(tiny.adapter().glob("checkpoint-*"))
    run = program.run(*tiny.eval(tmp_path / "checkpoint", adapter=checkpoint, allows_mismatch=False, validation=tiny.train))
    assert run.status == NOT_ENOUGH and scores_of(tmp_path / "checkpoint")["training_data"]["excluded_conversations"] == 24

    more = write_lines(tmp_path / "more.jsonl", [other(number) for number in range(200, 212)])
    further, full, small = tmp_path / "further", tmp_path / "full", tmp_path / "small"
    assert program.run(*tiny.sft(further, "--adapter", tiny.adapter(), train=more)).status == 0
    lines = (further / INDEX).read_text().splitlines()
    assert set(index.read_text().splitlines()) < set(lines) and len(lines) == 1 + 30 + 12 + 6
    assert program.run(*tiny.sft(full, "--method", "full")).status == 0
    assert program.run("model", "quantize", "--model", full, "--output", small).status == 0
    assert (small / INDEX).read_bytes() == (full / INDEX).read_bytes()
    run = program.run(*tiny.eval(tmp_path / "small-base", "--allow-mismatch", model=small, adapter=further,
                                 validation=tiny.train))
    assert scores_of(tmp_path / "small-base")["training_data"]["excluded_conversations"] == 24, run.stderr


def test_a_damaged_index_is_refused(tiny, tmp_path):
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    for path in tiny.adapter().iterdir():
        if path.is_file():
            (adapter / path.name).write_bytes(path.read_bytes())
    (adapter / INDEX).write_bytes((adapter / INDEX).read_bytes()[:-10])
    run = program.run(*tiny.eval(tmp_path / "out", "--allow-mismatch", adapter=adapter))
    assert run.status == 1 and f"{INDEX}:31: not a line of an index" in run.stderr, run.stderr


def test_training_warns_when_train_and_validation_share_records(tiny, tmp_path):
    train = write_lines(tmp_path / "train.jsonl", [*[conversation(number) for number in range(8)], conversation(31)])
    for more in (["--dry-run"], ["--check"], []):
        run = program.run(*tiny.sft(tmp_path / "out", *more, train=train))
        assert run.status == 0 and f"1 record of the training data is also in the validation data, by conversation id or by " \
            f"content, the first in {train}:9" in run.stderr, run.stderr
    run = program.run(*tiny.sft(tmp_path / "sound", "--dry-run"))
    assert "also in the validation data" not in run.stderr


TEXT_FILES = ("tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja")
CONCLUDED = (0, 3, 4)


def copy_of(folder, place, without=()):
    """The files of `folder` in `place`, without checkpoints."""
    place.mkdir()
    for path in folder.iterdir():
        if path.is_file() and path.name not in without and not path.name.startswith("."):
            shutil.copy(path, place)
    return place


def refused(tiny, folder, words, *more, **arguments):
    """Refused with `words`, before anything is read or written; judged all the same with --allow-mismatch, which the report
    says first."""
    validation = folder.parent / "absent.jsonl"
    validation.write_bytes(b"not read\n")
    run = program.run(*tiny.eval(folder, *more, "--strict", validation=validation, allows_mismatch=False, **arguments))
    assert run.status == 2 and words in run.stderr and "--allow-mismatch" in run.stderr, run.stderr
    assert not folder.exists()
    assert program.run(*tiny.eval(folder, *more, "--dry-run", allows_mismatch=False, **arguments)).status == 2
    run = program.run(*tiny.eval(folder, *more, "--allow-mismatch", allows_mismatch=False, **arguments))
    assert run.status in CONCLUDED and words in run.stderr, run.stderr
    assert any(words in mismatch for mismatch in scores_of(folder)["mismatches"])
    page = (folder / "report.html").read_text()
    assert 0 < page.find("Not judged as it was trained") < page.find("<h1>") and words in page


def test_another_base_is_refused(tiny, tmp_path):
    other_base = tmp_path / "other"
    assert program.run(*tiny.init(other_base, "--seed", 7)).status == 0
    refused(tiny, tmp_path / "out", "it was trained on other base weights", model=other_base)
    refused(tiny, tmp_path / "checkpoint", "it was trained on other base weights", model=other_base,
            adapter=next(tiny.adapter().glob("checkpoint-*")))
    moved = copy_of(tiny.model, tmp_path / "moved")
    run = program.run(*tiny.eval(tmp_path / "of-moved", model=moved, allows_mismatch=False))
    assert run.status in CONCLUDED and scores_of(tmp_path / "of-moved")["mismatches"] == []


def test_another_method_is_refused_but_stored_nf4_is_the_same_base(tiny, tmp_path):
    refused(tiny, tmp_path / "out", "as of method qlora and would be used with that of lora", "--method", "lora")
    dense, small, on_small = tmp_path / "dense", tmp_path / "small", tmp_path / "on-small"
    assert program.run(*tiny.sft(dense, "--method", "lora")).status == 0
    refused(tiny, tmp_path / "of-dense", "as of method lora and would be used with that of qlora", "--method", "qlora", adapter=dense)
    assert program.run("model", "quantize", "--model", tiny.model, "--output", small).status == 0
    assert program.run(*tiny.sft(on_small, model=small)).status == 0
    for number, (model, adapter) in enumerate([(small, tiny.adapter()), (tiny.model, on_small), (small, on_small)]):
        run = program.run(*tiny.eval(tmp_path / f"pair-{number}", model=model, allows_mismatch=False, adapter=adapter))
        assert run.status in CONCLUDED and scores_of(tmp_path / f"pair-{number}")["mismatches"] == [], run.stderr


def test_another_tokenizer_or_template_is_refused_where_the_adapter_has_none(tiny, tmp_path):
    """Where it has its own, they are used."""
    base = copy_of(tiny.model, tmp_path / "base")
    template = (base / "chat_template.jinja").read_text()
    (base / "chat_template.jinja").write_text(template.replace("{{", "{{ '' }}{{", 1))
    bare = copy_of(tiny.adapter(), tmp_path / "bare", without=TEXT_FILES)
    refused(tiny, tmp_path / "out", "it was trained with another chat template", model=base, adapter=bare)
    run = program.run(*tiny.eval(tmp_path / "own", model=base, allows_mismatch=False))
    assert run.status in CONCLUDED and scores_of(tmp_path / "own")["mismatches"] == [], run.stderr
    assert scores_of(tmp_path / "own")["unit"] == "byte"

    tokenizer = json.loads((base / "tokenizer.json").read_text())
    tokenizer["added_tokens"].append({"id": 319, "content": "<new>", "special": True, "single_word": False, "lstrip": False,
                                      "rstrip": False, "normalized": False})
    assert 319 not in tokenizer["model"]["vocab"].values() or tokenizer["model"]["vocab"].pop(
        next(text for text, number in tokenizer["model"]["vocab"].items() if number == 319)) == 319
    tokenizer["model"]["merges"] = tokenizer["model"]["merges"][:-1]
    (base / "tokenizer.json").write_text(json.dumps(tokenizer))
    refused(tiny, tmp_path / "tokenizer", "it was trained with another tokenizer", model=base, adapter=bare)


def test_an_adapter_of_another_program_knows_the_name_of_its_base_only(tiny, tmp_path):
    adapter = copy_of(tiny.adapter(), tmp_path / "peft", without=("manifest.json",))
    config = json.loads((adapter / "adapter_config.json").read_text())
    for name, warns in (("someone/other-base", True), (f"someone/{tiny.model.name}", False)):
        (adapter / "adapter_config.json").write_text(json.dumps(config | {"base_model_name_or_path": name}))
        run = program.run(*tiny.eval(tmp_path / "out", adapter=adapter, allows_mismatch=False))
        assert run.status in CONCLUDED and (f"names '{name}' as its base model" in run.stderr) == warns, run.stderr


def test_an_adapter_with_a_template_but_no_tokenizer_is_refused(tiny, tmp_path):
    adapter = copy_of(tiny.adapter(), tmp_path / "adapter", without=("tokenizer.json", "tokenizer.model"))
    assert program.run(*tiny.eval(tmp_path / "same", adapter=adapter, allows_mismatch=False)).status in CONCLUDED
    (adapter / "chat_template.jinja").write_text("{{ messages[0].content }}")
    run = program.run(*tiny.eval(tmp_path / "out", adapter=adapter, allows_mismatch=False))
    assert run.status == 1 and "has another chat template than" in run.stderr and "no tokenizer" in run.stderr, run.stderr


def test_the_candidate_may_be_an_adapter_or_a_model(tiny, tmp_path):
    def judge(name, *more):
        arguments = [str(each) for each in tiny.eval(tmp_path / name)]
        place = arguments.index("--adapter")
        run = program.run(*arguments[:place], *arguments[place + 2:], *more)
        assert run.status in CONCLUDED, run.stderr
        return scores_of(tmp_path / name)

    assert program.run(*tiny.eval(tmp_path / "adapter")).status in CONCLUDED
    assert judge("named", "--candidate", tiny.adapter()) == scores_of(tmp_path / "adapter")

    full, other_base = tmp_path / "full", tmp_path / "other"
    assert program.run(*tiny.sft(full, "--method", "full")).status == 0
    scores = judge("of-full", "--method", "lora", "--candidate", full)
    assert scores["adapter"] is None and scores["candidate"] == str(full) and scores["unit"] == "token"
    assert scores["training_data"]["known"]
    assert f"<br>candidate <code>{full}</code> (" in (tmp_path / "of-full" / "report.html").read_text()
    same = judge("same", "--method", "lora", "--candidate", tiny.model)
    assert same["overall"]["loss_difference"] == 0

    assert program.run(*tiny.init(other_base, "--vocab-size", 300)).status == 0
    scores = judge("of-other", "--candidate", other_base)
    assert scores["unit"] == "byte" and scores["overall"]["conversations"] == 6
    overall, total = scores["overall"], scores["overall"]["bytes"]
    expected = sum(each["candidate_loss_sum"] - each["base_loss_sum"] for each in scores["conversations"]) / total
    assert overall["loss_difference"] == pytest.approx(expected)
    assert any(each["tokens"] != each["candidate_tokens"] for each in scores["conversations"])
    for each in scores["answers"]:
        assert each["base"] != each["candidate"] or each["base"] == ""


def test_a_model_trained_unquantized_is_not_judged_in_nf4(tiny, tmp_path):
    full = tmp_path / "full"
    assert program.run(*tiny.sft(full, "--method", "full")).status == 0
    arguments = [str(each) for each in tiny.eval(tmp_path / "out", "--candidate", full)]
    place = arguments.index("--adapter")
    run = program.run(*arguments[:place], *arguments[place + 2:], "--method", "qlora")
    assert run.status == 2 and "would be used in NF4 (qlora)" in run.stderr, run.stderr
    run = program.run(*arguments[:place], *arguments[place + 2:])
    assert run.status in CONCLUDED and "was trained on the weights as stored" in run.stderr, run.stderr


def test_a_candidate_is_named_once_and_is_something(tiny, tmp_path):
    run = program.run(*tiny.eval(tmp_path / "out", "--candidate", tiny.adapter()))
    assert run.status == 2 and "--adapter and --candidate cannot be combined" in run.stderr
    (tmp_path / "nothing").mkdir()
    arguments = ["eval", "run", "--model", tiny.model, "--validation", tiny.validation, "--output", tmp_path / "out"]
    run = program.run(*arguments, "--candidate", tmp_path / "nothing")
    assert run.status == 2 and "neither an adapter" in run.stderr
    run = program.run(*arguments)
    assert run.status == 2 and "--candidate is missing" in run.stderr


def test_a_verdict_on_the_split_that_selected_the_checkpoint_is_marked(tiny, tmp_path):
    mixed = write_lines(tmp_path / "mixed.jsonl", [*[conversation(number) for number in range(30, 36)], other(301), other(302)])
    run = program.run(*tiny.eval(tmp_path / "out", "--json", "--min-conversations", 4, validation=mixed))
    words = "6 of the 8 conversations were the validation data that selected the candidate's checkpoint"
    assert run.status in CONCLUDED and words in run.stderr, run.stderr
    scores = scores_of(tmp_path / "out")
    assert scores["is_selection_split"] is True and scores["training_data"]["selection_conversations"] == 6
    assert json.loads(run.stdout)["selection_conversations"] == 6
    assert words in html.unescape((tmp_path / "out" / "report.html").read_text())
    test = write_lines(tmp_path / "test.jsonl", [other(number) for number in range(310, 318)])
    run = program.run(*tiny.eval(tmp_path / "test", validation=test))
    assert run.status in CONCLUDED and "selected the candidate" not in run.stderr
    assert scores_of(tmp_path / "test")["is_selection_split"] is False


def test_each_distinct_conversation_counts_once(tiny, tmp_path):
    """Copies, with other ids and escapes, earn no verdict; the scores are those of the distinct conversations."""
    distinct = [other(number) for number in range(400, 405)]
    copies = [record | {"metadata": {"conversation_id": f"copy-{time}-{place}"}} if time else record
              for time in range(8) for place, record in enumerate(distinct)]
    repeated = write_lines(tmp_path / "repeated.jsonl", [json.dumps(record).encode() for record in copies])
    alone = write_lines(tmp_path / "alone.jsonl", distinct)
    words = "35 duplicate conversations are left out"
    run = program.run(*tiny.eval(tmp_path / "out", validation=repeated))
    assert run.status == NOT_ENOUGH and "5 conversations were compared; a verdict needs at least 30" in run.stderr, run.stderr
    assert words in run.stderr
    assert program.run(*tiny.eval(tmp_path / "alone", validation=alone)).status == NOT_ENOUGH
    scores, expected = scores_of(tmp_path / "out"), scores_of(tmp_path / "alone")
    assert scores["num_duplicate_conversations"] == 35 and expected["num_duplicate_conversations"] == 0
    assert scores["overall"]["conversations"] == 5
    assert [each["id"] for each in scores["conversations"]] == [each["id"] for each in expected["conversations"]]
    page = (tmp_path / "out" / "report.html").read_text()
    assert 0 < page.find(words) < page.find("<h2>")


def unscored_copies(record, num_copies):
    """Copies that differ only where nothing is scored: in a turn after the answer, or in the weight of the answer."""
    question, answer = record["messages"]
    for number in range(num_copies):
        last = {"role": "user", "content": f"Thank you, {number}."}
        yield {"messages": [question, answer, last]}
        yield {"messages": [question, answer, last, {"role": "assistant", "content": "You are welcome.", "weight": 0}]}
        yield {"messages": [question, answer | {"weight": (number + 1) / 64}]}


def test_what_is_not_scored_makes_no_conversation_distinct(tiny, tmp_path):
    """Copies with other unscored turns earn no verdict, and those of a trained conversation are recognized."""
    records = [other(600), *unscored_copies(other(600), 12)]
    run = program.run(*tiny.eval(tmp_path / "out", validation=write_lines(tmp_path / "copies.jsonl", records)))
    assert run.status == NOT_ENOUGH and "36 duplicate conversations are left out" in run.stderr, run.stderr
    assert scores_of(tmp_path / "out")["overall"]["conversations"] == 1

    trained = json.loads(tiny.train.read_text().splitlines()[0])
    records = [*unscored_copies(trained, 2), other(601), other(602)]
    run = program.run(*tiny.eval(tmp_path / "seen", validation=write_lines(tmp_path / "seen.jsonl", records)))
    assert scores_of(tmp_path / "seen")["overall"]["conversations"] == 2, run.stderr
    assert scores_of(tmp_path / "seen")["training_data"]["excluded_conversations"] == 6


def test_the_records_of_a_conversation_count_as_one(tiny, tmp_path):
    """By its id: what they say may be nearly the same. Records without an id are each their own."""
    same = [conversation(700, f"How dry is the litter of house {number}?", "Dry.") for number in range(40)]
    run = program.run(*tiny.eval(tmp_path / "same", validation=write_lines(tmp_path / "same.jsonl", same)))
    assert run.status == NOT_ENOUGH and "39 records have the id of another one" in run.stderr, run.stderr
    scores = scores_of(tmp_path / "same")
    assert scores["overall"]["conversations"] == 1 and scores["num_merged_records"] == 39
    assert "39 records have the id of another one" in (tmp_path / "same/report.html").read_text()
    alone = [{"messages": record["messages"]} for record in same]
    run = program.run(*tiny.eval(tmp_path / "alone", validation=write_lines(tmp_path / "alone.jsonl", alone)))
    expected = scores_of(tmp_path / "alone")
    assert expected["overall"]["conversations"] == 40, run.stderr
    for key in ("tokens", "bytes"):
        assert scores["overall"][key] == expected["overall"][key]
    assert scores["overall"]["loss_difference"] == pytest.approx(expected["overall"]["loss_difference"], abs=1e-6)


@pytest.mark.parametrize("trick", ["only the end is scored", "a part is scored", "the answer is in the prompt"])
def test_a_template_earns_no_verdict(tiny, tmp_path, trick):
    """A candidate with the weights of the base and a template that hides what is to be scored, or tells it before."""
    template = (tiny.model / "chat_template.jinja").read_text()
    answer, turn = "{{- message['content'] + eos_token }}", "{{- '<|' + message['role'] + '|>' + message['content'] }}"
    begin = "{%- generation %}"
    assert answer in template and turn in template
    if trick == "only the end is scored":
        template = template.replace(answer, "{{- eos_token }}").replace(begin, "{{- message['content'] }}" + begin)
    elif trick == "a part is scored":
        template = template.replace(answer, "{{- message['content'][-1:] + eos_token }}").replace(begin, "{{- message['content'][:-1] }}" + begin)
    else:
        template = template.replace(turn, turn + "{%- for other in messages %}{{- other['content'] }}{%- endfor %}")
    model = copy_of(tiny.model, tmp_path / "model", without=["manifest.json"])
    (model / "chat_template.jinja").write_text(template)
    validation = write_lines(tmp_path / "validation.jsonl", [other(number) for number in range(800, 840)])
    arguments = ["eval", "run", *ON_CPU, "--model", tiny.model, "--candidate", model, "--validation", validation]
    run = program.run(*arguments, "--output", tmp_path / "out")
    assert run.status == NOT_ENOUGH and "40 conversations are not compared" in run.stderr, run.stderr


def test_unknown_training_data_stay_unknown(tiny, tmp_path):
    """In what is trained from an adapter or a trained model without an index, and in what is trained from that."""
    def known(name, *more, **arguments):
        folder = tmp_path / f"of-{name}"
        run = program.run(*tiny.eval(folder, *more, validation=tiny.train, **arguments))
        assert run.status in CONCLUDED, run.stderr
        training_data = scores_of(folder)["training_data"]
        words = "has an incomplete index of the records"
        assert (words in run.stderr) == (words in (folder / "report.html").read_text()) == (not training_data["known"])
        return training_data["known"]

    fresh = write_lines(tmp_path / "fresh.jsonl", [other(number) for number in range(500, 512)])
    foreign = copy_of(tiny.adapter(), tmp_path / "foreign", without=(INDEX, "manifest.json"))
    lost = copy_of(tiny.adapter(), tmp_path / "lost", without=(INDEX,))
    for name, adapter in (("foreign-further", foreign), ("lost-further", lost), ("twice", tmp_path / "lost-further")):
        run = program.run(*tiny.sft(tmp_path / name, "--adapter", adapter, train=fresh))
        assert run.status == 0 and "the new index of trained records is marked as incomplete" in run.stderr, run.stderr
        assert not known(name, adapter=tmp_path / name)
    full, small = tmp_path / "full", tmp_path / "small"
    assert program.run(*tiny.sft(full, "--method", "full")).status == 0
    (full / INDEX).unlink()
    assert program.run("model", "quantize", "--model", full, "--output", small).status == 0
    for name, model in (("on-full", full), ("on-small", small)):
        assert program.run(*tiny.sft(tmp_path / name, model=model, train=fresh)).status == 0
        assert not known(name, model=model, adapter=tmp_path / name)
    assert known("adapter")


def test_a_candidate_that_its_manifest_does_not_describe_is_refused(tiny, tmp_path):
    """Another file of weights, configuration or index than the manifest lists, or none."""
    stranger = tmp_path / "stranger"
    assert program.run(*tiny.sft(stranger, "--seed", 7, steps=2)).status == 0
    changed = {}
    for name in ("adapter_model.safetensors", INDEX, "adapter_config.json"):
        changed[name] = copy_of(tiny.adapter(), tmp_path / f"changed-{name}")
    shutil.copy(stranger / "adapter_model.safetensors", changed["adapter_model.safetensors"])
    lines = (tiny.adapter() / INDEX).read_text().splitlines(keepends=True)
    (changed[INDEX] / INDEX).write_text("".join(lines[:1] + lines[2:]))
    config = json.loads((tiny.adapter() / "adapter_config.json").read_text())
    (changed["adapter_config.json"] / "adapter_config.json").write_text(json.dumps(config | {"lora_alpha": 1}))
    for name, adapter in changed.items():
        refused(tiny, tmp_path / f"of-{name}", f"{name} is not the file that the manifest lists", adapter=adapter)
    missing = copy_of(tiny.adapter(), tmp_path / "missing", without=(INDEX,))
    refused(tiny, tmp_path / "of-missing", f"{INDEX} is missing although the manifest lists it", adapter=missing)
    assert scores_of(tmp_path / "of-missing")["training_data"]["known"] is False
    run_folder = copy_of(tiny.adapter(), tmp_path / "run", without=(INDEX,))
    checkpoint = next(tiny.adapter().glob("checkpoint-*"))
    shutil.copytree(checkpoint, run_folder / checkpoint.name)
    refused(tiny, tmp_path / "of-checkpoint", f"{INDEX} is missing although the manifest lists it",
            adapter=run_folder / checkpoint.name)
    assert program.run(*tiny.eval(tmp_path / "unchanged")).status in CONCLUDED


def test_models_with_other_tokenizers_are_compared_in_bits_per_byte_alone(tiny, tmp_path):
    other_base = tmp_path / "other"
    assert program.run(*tiny.init(other_base, "--vocab-size", 300)).status == 0
    arguments = [str(each) for each in tiny.eval(tmp_path / "out", "--min-conversations", 4)]
    place = arguments.index("--adapter")
    run = program.run(*arguments[:place], *arguments[place + 2:], "--candidate", other_base)
    assert run.status in CONCLUDED, run.stderr
    scores, page = scores_of(tmp_path / "out"), html.unescape((tmp_path / "out" / "report.html").read_text())
    overall = scores["overall"]
    base, candidate = overall["base"]["bits_per_byte"], overall["candidate"]["bits_per_byte"]
    low, high = (nats / math.log(2) for nats in overall["interval_95"])
    numbers = f"{base:.4f} → {candidate:.4f} bits per byte, difference {candidate - base:+.4f}, 95 % interval {low:+.4f} … {high:+.4f}"
    assert numbers in scores["reason"] and numbers in page
    assert f"{candidate - base:+.4f}</td>" in page and "Loss difference in bits per byte" in page
    for word in ("nats per byte", "nats per token", "perplexity"):
        assert word not in scores["reason"] and word not in page


def test_a_mismatch_of_the_method_names_the_option_that_fixes_it(tiny, tmp_path):
    full, dense = tmp_path / "full", tmp_path / "dense"
    assert program.run(*tiny.sft(full, "--method", "full")).status == 0
    assert program.run(*tiny.sft(dense, "--method", "lora")).status == 0
    arguments = [str(each) for each in tiny.eval(tmp_path / "out")]
    place = arguments.index("--adapter")
    ending = "; --allow-mismatch evaluates it nevertheless\n"
    for candidate, more, method in ((full, ("--method", "qlora"), "lora"), (dense, ("--method", "qlora"), "lora"),
                                    (tiny.adapter(), ("--method", "lora"), "qlora")):
        run = program.run(*arguments[:place], *arguments[place + 2:], "--candidate", candidate, *more)
        assert run.status == 2 and run.stderr.endswith(f"; use --method {method}{ending}"), run.stderr
        run = program.run(*arguments[:place], *arguments[place + 2:], "--candidate", candidate, "--method", method)
        assert run.status in CONCLUDED, run.stderr
    run = program.run(*arguments, "--method", "full")
    assert run.status == 2 and "expected one of auto, qlora, lora, got 'full'" in run.stderr
    assert "(auto|qlora|lora)" in program.run("eval", "run", "--help").stdout
