"""`intelia generate` and the engine's generation against transformers: greedy ids of every family, the filters of sampling; and
the promises that no peer makes: answers that do not depend on the batch, stop strings, runs that continue after kill -9."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
trl = pytest.importorskip("trl")

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from test_model import CONFIGS, make_model, token_ids  # noqa: E402

BUILD = pathlib.Path(os.environ.get("INTELIA_BUILD", pathlib.Path(__file__).parents[2] / "build" / "release"))
INTELIA = BUILD / "bin" / "intelia"
IS_SLOW = os.environ.get("INTELIA_SLOW_TESTS") == "1"


def run(*arguments, status=0, **options):
    result = subprocess.run([INTELIA, *map(str, arguments)], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    assert result.returncode == status, result.stderr
    return result


@pytest.mark.parametrize("name", CONFIGS)
def test_greedy_ids(engine_probe, tmp_path, name):
    """Prompts of unequal lengths, some beyond windows and original contexts: each has transformers' ids for it alone. The engine
    reads each token once and keeps keys and values in blocks; transformers computes every sequence from its beginning."""
    model = make_model(CONFIGS[name]())
    model.save_pretrained(tmp_path / "model")
    prompts = [token_ids(length, seed) for length, seed in [(5, 1), (29, 2), (50, 3), (31, 4), (32, 5), (1, 6)]]
    answer = engine_probe(do="generate", model=tmp_path / "model", prompts=prompts, max_new_tokens=24, stop_ids=[2], log_probs=True,
                          batch_size=4)
    for prompt, ours in zip(prompts, answer["generated"]):
        with torch.no_grad():
            ids = model.generate(torch.tensor([prompt]), max_new_tokens=24, do_sample=False, eos_token_id=2, pad_token_id=0,
                                 use_cache=False)[0].tolist()
        theirs = ids[len(prompt):]
        assert ours["ids"] == [i for i in theirs if i != 2]
        if "dynamic" in name or "phi3" in name:
            continue  # their rotary positions depend on the length of the whole sequence: one pass is not what was generated
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0, len(prompt) - 1:-1].double()
        expected = torch.log_softmax(logits, -1).gather(1, torch.tensor(theirs)[:, None])[:, 0].tolist()
        assert np.allclose(ours["log_probs"], expected[:len(ours["ids"])], atol=2e-4)


@pytest.mark.parametrize("seed", range(6))
def test_filters(engine_probe, seed):
    """What top-k, top-p, min-p and the repetition penalty leave, against transformers' processors, in its order."""
    processors = transformers.generation.logits_process
    random = np.random.default_rng(seed)
    for settings in [dict(temperature=0.7, top_k=5), dict(temperature=1.0, top_p=0.8), dict(temperature=1.3, min_p=0.05),
                     dict(temperature=0.5, top_k=40, top_p=0.95, min_p=0.02), dict(temperature=2.0, top_p=0.3),
                     dict(temperature=1.0, top_k=20, top_p=0.9, repetition_penalty=1.3), dict(temperature=1.0, repetition_penalty=0.8)]:
        logits = (3 * random.standard_normal(200)).astype(np.float32)
        logits[random.integers(0, 200, 20)] = logits[7]  # equal ones
        seen = sorted(set(random.integers(0, 200, 30).tolist()))
        scores, prompt = torch.from_numpy(logits.copy())[None], torch.tensor([seen + seen])
        if "repetition_penalty" in settings:
            scores = processors.RepetitionPenaltyLogitsProcessor(settings["repetition_penalty"])(prompt, scores)
        scores = processors.TemperatureLogitsWarper(settings["temperature"])(prompt, scores)
        if "top_k" in settings:
            scores = processors.TopKLogitsWarper(settings["top_k"])(prompt, scores)
        if "top_p" in settings:
            scores = processors.TopPLogitsWarper(settings["top_p"])(prompt, scores)
        if "min_p" in settings:
            scores = processors.MinPLogitsWarper(settings["min_p"])(prompt, scores)
        theirs = torch.isfinite(scores[0]).nonzero()[:, 0].tolist()
        ours = engine_probe(do="kept_tokens", logits=logits.tolist(), seen=seen, **settings)
        # By value: where several are equal at the boundary of top-p, transformers keeps any of them.
        ours = np.sort(np.array(ours["logits"], dtype=np.float32)[ours["ids"]] / settings["temperature"])
        assert len(ours) == len(theirs), settings
        assert np.allclose(ours, np.sort(scores[0].numpy()[theirs]), rtol=1e-6), settings


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A model with tokenizer and template, whose answers end at different lengths."""
    folder = tmp_path_factory.mktemp("generate")
    words = ("soil water wheat barley rain sun field plough seed harvest grain dry wet cold warm north south early late "
             "river stone clay sand root leaf stem frost wind spring autumn").split()
    random = np.random.default_rng(1)
    records = [{"messages": [{"role": "user", "content": " ".join(random.choice(words, random.integers(2, 20)))},
                             {"role": "assistant", "content": " ".join(random.choice(words, 6))}]} for _ in range(200)]
    (folder / "data.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    run("model", "init", "--output", folder / "model", "--train-tokenizer", folder / "data.jsonl",
        "--hidden-size", 64, "--intermediate-size", 128, "--layers", 2, "--heads", 4, "--kv-heads", 2, "--max-positions", 128,
        "--standard-deviation", 0.15)
    prompts = [{"id": f"q{i}", "question": record["messages"][0]["content"]} for i, record in enumerate(records[:24])]
    (folder / "prompts.jsonl").write_text("".join(json.dumps(prompt) + "\n" for prompt in prompts))
    return folder


def generate(model, output, *more, status=0, prompts=None, precision="fp32", **options):
    result = run("generate", "--model", model / "model", "--prompts", prompts or model / "prompts.jsonl", "--output", output,
                 "--max-new-tokens", 24, "--precision", precision, "--device", "cpu", *more, status=status, **options)
    return [json.loads(line) for line in output.read_text().splitlines()] if status == 0 else result


@pytest.mark.parametrize("precision, sampling", [
    ("fp32", ()), ("fp32", ("--temperature", "1", "--num-samples", "3", "--top-p", "0.95")), ("bf16", ())])
def test_batches_give_equal_bytes(model, tmp_path, precision, sampling):
    options = ["--with-ids", "--with-logprobs", *sampling]
    alone = generate(model, tmp_path / "1.jsonl", "--batch-size", 1, *options, precision=precision)
    for size in (3, 16):
        generate(model, tmp_path / f"{size}.jsonl", "--batch-size", size, *options, precision=precision)
        assert (tmp_path / f"{size}.jsonl").read_bytes() == (tmp_path / "1.jsonl").read_bytes()
    assert [line["id"] for line in alone] == [f"q{i}" for i in range(24)]
    if sampling:
        assert any(len({answer["text"] for answer in line["answers"]}) == 3 for line in alone)
    # Other prompts around it change nothing.
    lines = (model / "prompts.jsonl").read_text().splitlines()
    (tmp_path / "some.jsonl").write_text("\n".join(reversed(lines[5:9])) + "\n")
    some = generate(model, tmp_path / "some-out.jsonl", *options, prompts=tmp_path / "some.jsonl", precision=precision)
    assert some == list(reversed(alone[5:9]))


def test_ids_are_those_of_transformers(model, tmp_path):
    lines = generate(model, tmp_path / "out.jsonl", "--with-ids")
    tokenizer = transformers.AutoTokenizer.from_pretrained(model / "model")
    peer = transformers.AutoModelForCausalLM.from_pretrained(model / "model", dtype=torch.float32)
    stops = peer.generation_config.eos_token_id
    for line in lines:
        ids = tokenizer.apply_chat_template(line["prompt"], add_generation_prompt=True, return_tensors="pt", return_dict=False)
        with torch.no_grad():
            theirs = peer.generate(ids, max_new_tokens=24, do_sample=False, temperature=None, top_p=None, top_k=None)[0, ids.shape[1]:].tolist()
        is_ended = theirs[-1] in (stops if isinstance(stops, list) else [stops])
        answer = line["answers"][0]
        assert answer["ids"] == (theirs[:-1] if is_ended else theirs)
        assert answer["finish_reason"] == ("stop" if is_ended else "length")
        assert answer["text"] == tokenizer.decode(answer["ids"], skip_special_tokens=True, clean_up_tokenization_spaces=False)
        assert (answer["prompt_tokens"], answer["completion_tokens"]) == (ids.shape[1], len(answer["ids"]))


def test_log_probabilities_in_bf16_are_as_exact_as_those_of_transformers(model, tmp_path):
    lines = generate(model, tmp_path / "out.jsonl", "--with-ids", "--with-logprobs", precision="bf16")
    tokenizer = transformers.AutoTokenizer.from_pretrained(model / "model")
    peers = [transformers.AutoModelForCausalLM.from_pretrained(model / "model", dtype=dtype) for dtype in (torch.float32, torch.bfloat16)]
    ours, theirs = [], []
    for line in lines:
        answer = line["answers"][0]
        prompt = tokenizer.apply_chat_template(line["prompt"], add_generation_prompt=True, return_dict=True)["input_ids"]
        with torch.no_grad():
            exact, rounded = (torch.log_softmax(peer(torch.tensor([prompt + answer["ids"]])).logits[0, len(prompt) - 1:-1].double(), -1)
                              .gather(1, torch.tensor(answer["ids"])[:, None])[:, 0] for peer in peers)
        ours += (torch.tensor(answer["logprobs"][:len(exact)]) - exact).tolist()
        theirs += (rounded - exact).tolist()
    assert len(ours) > 300 and np.linalg.norm(ours) < np.linalg.norm(theirs)


def test_stop_strings(model, tmp_path):
    whole = generate(model, tmp_path / "whole.jsonl", "--with-ids")
    text = max((line["answers"][0]["text"] for line in whole), key=len)
    stop = text[7:12]
    stopped = generate(model, tmp_path / "stopped.jsonl", "--with-ids", "--stop", stop, "--stop", "no such text")
    assert any(stop in line["answers"][0]["text"] for line in whole)
    for before, after in zip(whole, stopped):
        before, after = before["answers"][0], after["answers"][0]
        if stop not in before["text"]:
            assert after == before
            continue
        assert after["text"] == before["text"][:before["text"].index(stop)]
        assert after["finish_reason"] == "stop"
        assert after["ids"] == before["ids"][:len(after["ids"])]
        assert after["completion_tokens"] == len(after["ids"]) <= before["completion_tokens"]


def test_kinds_of_prompts_and_bad_lines(model, tmp_path):
    records = [
        {"question": "soil water"},
        {"messages": [{"role": "user", "content": "soil water"}, {"role": "assistant", "content": "rain"}], "metadata": {"conversation_id": "c1"}},
        {"id": "p", "prompt": [{"role": "user", "content": "soil water"}]},
        {"text": "plain"},
        {"id": "long", "question": "soil " * 200},
        {"conversations": [{"from": "human", "value": "soil water"}]},
    ]
    text = "".join(json.dumps(record) + "\n" for record in records) + "not json\n\n"
    (tmp_path / "prompts.jsonl").write_text(text)
    failed = generate(model, tmp_path / "out.jsonl", prompts=tmp_path / "prompts.jsonl", status=1)
    assert "more than" in failed.stderr or "rejected" in failed.stderr
    lines = generate(model, tmp_path / "out.jsonl", "--max-rejected", 1, prompts=tmp_path / "prompts.jsonl")
    assert [line["id"] for line in lines] == ["line 1", "c1", "p", "line 6"]
    assert len({json.dumps(line["answers"]) for line in lines}) == 1
    rejected = [json.loads(line) for line in (tmp_path / "out.rejected.jsonl").read_text().splitlines()]
    assert [line["where"].split(":")[-1] for line in rejected] == ["4", "5", "7"]
    assert "prompt too long" in rejected[1]["reason"]
    manifest = json.loads((tmp_path / "out.manifest.json").read_text())
    assert manifest["command"] == "generate" and manifest["outputs"][0]["records"] == 4
    # Again, without bad lines: the rejects of before do not stay.
    (tmp_path / "prompts.jsonl").write_text(json.dumps(records[0]) + "\n")
    done = run("generate", "--model", model / "model", "--prompts", tmp_path / "prompts.jsonl", "--output", tmp_path / "out.jsonl",
               "--max-new-tokens", 1, "--top-p", 0.5, "--device", "cpu")
    assert "intelia: 1 prompt answered: 1 token in " in done.stderr
    assert "warning: --top-p has no effect without a temperature above 0" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if path.name[0] != ".") == ["out.jsonl", "out.manifest.json", "prompts.jsonl"]


def test_a_prompt_that_is_a_string_is_text_as_in_training(model, tmp_path):
    """As TRL has it: no chat template; the ids are those of transformers for the bare text."""
    texts = ["soil water wheat", "rain"]
    records = [{"prompt": text} for text in texts] + [{"prompt": texts[0], "completion": " sun"},
                                                      {"prompt": texts[0], "completion": [{"role": "assistant", "content": "sun"}]}]
    (tmp_path / "prompts.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    lines = generate(model, tmp_path / "out.jsonl", "--with-ids", prompts=tmp_path / "prompts.jsonl")
    tokenizer = transformers.AutoTokenizer.from_pretrained(model / "model")
    peer = transformers.AutoModelForCausalLM.from_pretrained(model / "model", dtype=torch.float32)
    for line, record in zip(lines[:3], records):
        asked = {"prompt": record["prompt"]}
        assert line["prompt"] == trl.data_utils.maybe_apply_chat_template(asked, tokenizer)["prompt"]
        ids = tokenizer(line["prompt"], return_tensors="pt").input_ids
        with torch.no_grad():
            theirs = peer.generate(ids, max_new_tokens=24, do_sample=False, temperature=None, top_p=None, top_k=None)[0, ids.shape[1]:].tolist()
        answer = line["answers"][0]
        assert answer["prompt_tokens"] == ids.shape[1] and answer["ids"] == theirs[:len(answer["ids"])]
        assert theirs[len(answer["ids"]):] in ([], [tokenizer.eos_token_id])
    assert lines[2]["answers"] == lines[0]["answers"]
    # An answer that is a message makes its prompt a turn, as in preference training.
    assert lines[3]["prompt"] == [{"role": "user", "content": texts[0]}]
    again = generate(model, tmp_path / "again.jsonl", "--with-ids", prompts=tmp_path / "out.jsonl")
    assert [(line["prompt"], line["answers"]) for line in again] == [(line["prompt"], line["answers"]) for line in lines]


def test_tools_are_repeated_and_other_members_are_named(model, tmp_path):
    shutil.copytree(model / "model", tmp_path / "model")
    template = (tmp_path / "model" / "chat_template.jinja").read_text()
    (tmp_path / "model" / "chat_template.jinja").write_text("{% for tool in tools or [] %}{{ tool.name }} {% endfor %}" + template)
    (tmp_path / "prompts.jsonl").write_text("".join(json.dumps(record) + "\n" for record in [
        {"question": "soil", "tools": [{"name": "wheat barley"}]},
        {"question": "soil", "messages": [{"role": "user", "content": "water"}], "system": "rain", "chat_template_kwargs": {"n": 1}},
        {"question": "soil", "context": "rain", "language": "en"}]))
    for name in ("prompts", "out"):
        done = run("generate", "--model", tmp_path / "model", "--prompts", tmp_path / f"{name}.jsonl", "--output", tmp_path / f"{name}-out.jsonl",
                   "--max-new-tokens", 4, "--device", "cpu")
        if name == "prompts":
            assert "warning: members that are not used: 'context' of 1 prompt, 'question' of 1 prompt, 'system' of 1 prompt" in done.stderr
            shutil.copy(tmp_path / "prompts-out.jsonl", tmp_path / "out.jsonl")
        else:  # what was written is a file of prompts with the same answers
            assert "not used" not in done.stderr
            assert (tmp_path / "out-out.jsonl").read_bytes() == (tmp_path / "out.jsonl").read_bytes()
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert lines[0]["tools"] == [{"name": "wheat barley"}] and lines[1]["chat_template_kwargs"] == {"n": 1}
    assert lines[0]["answers"][0]["prompt_tokens"] > lines[2]["answers"][0]["prompt_tokens"]


def test_base_beside_the_adapter(model, tmp_path):
    run("train", "sft", "--model", model / "model", "--train", model / "data.jsonl", "--output", tmp_path / "adapter", "--method", "lora",
        "--max-steps", 10, "--learning-rate", 0.01, "--precision", "fp32", "--device", "cpu", "--no-token-cache")
    both = generate(model, tmp_path / "both.jsonl", "--adapter", tmp_path / "adapter", "--base")
    base = generate(model, tmp_path / "base.jsonl")
    adapted = generate(model, tmp_path / "adapted.jsonl", "--adapter", tmp_path / "adapter", "--batch-size", 5)
    assert [line["base"] for line in both] == [line["answers"] for line in base]
    assert [line["answers"] for line in both] == [line["answers"] for line in adapted]
    assert [line["answers"] for line in base] != [line["answers"] for line in adapted]


@pytest.mark.parametrize("seed", range(20 if IS_SLOW else 3))
def test_kill_and_continue(model, tmp_path, seed):
    """Killed at a random moment after the first answers, twice, it continues to the same bytes."""
    random = np.random.default_rng(seed)
    options = ["--temperature", "0.8", "--num-samples", "2", "--with-ids", "--max-new-tokens", 60]
    generate(model, tmp_path / "whole.jsonl", *options)
    output, journal = tmp_path / "out.jsonl", tmp_path / ".out.jsonl.journal"
    command = [INTELIA, "generate", "--model", model / "model", "--prompts", model / "prompts.jsonl", "--output", output, "--precision",
               "fp32", "--device", "cpu", "--batch-size", "2", *map(str, options)]
    for _ in range(2):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before = journal.stat().st_size if journal.exists() else 0
        while process.poll() is None and (not journal.exists() or journal.stat().st_size <= before):
            time.sleep(0.002)
        time.sleep(random.uniform(0, 0.05))
        process.kill()
        process.wait()
        if output.exists():
            break
        # As after a power failure, the end of the last line may be missing.
        if random.random() < 0.5:
            os.truncate(journal, journal.stat().st_size - int(random.integers(1, 30)))
    if not output.exists():
        kept = max(0, journal.read_bytes().count(b"\n") - 1)
        if kept > 0:
            refused = run(*command[1:], "--seed", 43, status=2)
            assert "seed" in refused.stderr and "--force" in refused.stderr
        result = run(*command[1:], "--json", "--batch-size", "5")
        assert json.loads(result.stdout)["continued"] == kept
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert not journal.exists()


def test_sigterm_keeps_the_answers(model, tmp_path):
    output = tmp_path / "out.jsonl"
    command = [INTELIA, "generate", "--model", model / "model", "--prompts", model / "prompts.jsonl", "--output", output, "--batch-size", "1",
               "--precision", "fp32", "--device", "cpu", "--max-new-tokens", "100"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    journal = tmp_path / ".out.jsonl.journal"
    while process.poll() is None and (not journal.exists() or journal.stat().st_size < 2000):
        time.sleep(0.002)
    process.send_signal(signal.SIGTERM)
    _, words = process.communicate(timeout=60)
    if process.returncode == 0:
        pytest.skip("it was faster than the signal")
    assert process.returncode in (143, -signal.SIGTERM) and "continues from there" in words
    assert json.loads(run(*command[1:], "--json").stdout)["continued"] > 0


def test_output_of_others(model, tmp_path):
    output = tmp_path / "notes.txt"
    output.write_text("mine")
    assert "was not written by this command" in generate(model, output, status=2).stderr
    assert output.read_text() == "mine"
    generate(model, output, "--force", "--limit", 2)
    assert len(output.read_text().splitlines()) == 2
    generate(model, output, "--limit", 3)
