"""What an adapter folder has beside the weights, as PEFT, transformers and the hub read it."""
import json
import os

import pytest

import program
from tiny import conversation

os.environ["HF_HUB_OFFLINE"] = "1"
peft = pytest.importorskip("peft")
transformers = pytest.importorskip("transformers")
huggingface_hub = pytest.importorskip("huggingface_hub")


def test_the_adapter_has_tokenizer_and_template(tiny):
    adapter = tiny.adapter()
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        assert (adapter / name).read_bytes() == (tiny.model / name).read_bytes()
    assert not (adapter / "generation_config.json").exists()
    theirs = transformers.AutoTokenizer.from_pretrained(adapter)
    messages = conversation(3)["messages"]
    expected = transformers.AutoTokenizer.from_pretrained(tiny.model).apply_chat_template(messages)["input_ids"]
    assert theirs.apply_chat_template(messages)["input_ids"] == expected
    peft.AutoPeftModelForCausalLM.from_pretrained(adapter)
    outputs = {output["path"] for output in json.loads((adapter / "manifest.json").read_text())["outputs"]}
    assert {"tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "README.md"} <= outputs


def test_the_model_card_has_the_front_matter_of_peft(tiny):
    card = huggingface_hub.ModelCard.load(tiny.adapter() / "README.md")
    assert card.data.base_model == str(tiny.model)
    assert card.data.library_name == "peft" and card.data.pipeline_tag == "text-generation"
    assert {"lora", "sft", "transformers", f"base_model:adapter:{tiny.model}"} <= set(card.data.tags)
    assert "on 24 records" in card.text and "4 optimizer steps" in card.text


def test_an_odd_name_of_the_base_stays_a_name(tiny, tmp_path):
    model = tmp_path / 'a: "b" #é'
    model.symlink_to(tiny.model)
    assert program.run(*tiny.sft(tmp_path / "out", model=model)).status == 0
    assert huggingface_hub.ModelCard.load(tmp_path / "out" / "README.md").data.base_model == str(model)


def test_files_of_an_earlier_text_side_do_not_remain(tiny, tmp_path):
    out = tmp_path / "out"
    assert program.run(*tiny.sft(out)).status == 0
    (out / "added_tokens.json").write_text("{}")
    assert program.run(*tiny.sft(out, "--force")).status == 0
    assert not (out / "added_tokens.json").exists()
