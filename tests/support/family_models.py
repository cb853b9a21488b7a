"""Small models of each family with random weights, saved by transformers, with tokenizers trained here."""
import io
import json

import tokenizers
import torch
import transformers

QWEN2 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
TEXT = ["Les poules pondent moins quand il fait chaud, n'est-ce pas ? L'été 2024 fut sec.",
        "Hens drink more in the heat: 250 ml a day, and twice that at 35 degrees.",
        "¿Cuánta agua bebe una gallina? Depende de la temperatura (20 °C o más).",
        "def feed(hens, grams=120):\n    return hens * grams  # per day\n",
        "Coccidiosis shows as bloody droppings, ruffled feathers and pale combs."] * 8
CHATML = ("{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}"
          "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")


def write_bpe(folder, pattern, ignores_merges=False, bos=None, specials=("<|endoftext|>", "<|im_start|>", "<|im_end|>"), size=480,
              normalizer=None, tokenizer_class="PreTrainedTokenizerFast", pre_tokenizer=None):
    """A byte-level BPE as tokenizer.json."""
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(ignore_merges=ignores_merges))
    byte_level = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizer or tokenizers.pre_tokenizers.Sequence(
        [tokenizers.pre_tokenizers.Split(tokenizers.Regex(pattern), behavior="isolated"), byte_level])
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    if normalizer:
        tokenizer.normalizer = normalizer
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=size - len(specials) - 1, initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
                                             show_progress=False)
    tokenizer.train_from_iterator(TEXT, trainer)
    tokenizer.add_special_tokens(list(specials))
    tokenizer.add_tokens(["<tool>"])
    if bos:
        tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
            single=f"{bos} $A", pair=f"{bos} $A {bos} $B", special_tokens=[(bos, tokenizer.token_to_id(bos))])
    else:
        tokenizer.post_processor = tokenizers.processors.ByteLevel(trim_offsets=False)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    added = {str(id): {"content": token.content, "lstrip": token.lstrip, "normalized": token.normalized, "rstrip": token.rstrip,
                       "single_word": token.single_word, "special": token.special}
             for id, token in tokenizer.get_added_tokens_decoder().items()}
    config = {"tokenizer_class": tokenizer_class, "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "added_tokens_decoder": added,
              "chat_template": CHATML, "clean_up_tokenization_spaces": False}
    if bos:
        config["bos_token"] = bos
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return tokenizer.get_vocab_size()


def write_sentencepiece(folder, adds_dummy_prefix=True, tokenizer_class="LlamaTokenizer", specials=("<|user|>", "<|end|>"), size=400):
    """A SentencePiece BPE as tokenizer.model, and as tokenizer.json what transformers makes of it."""
    import sentencepiece

    folder.mkdir(parents=True, exist_ok=True)
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXT), model_writer=model, model_type="bpe", vocab_size=size, hard_vocab_limit=False, byte_fallback=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, split_digits=True, pad_id=-1, minloglevel=4, num_threads=1,
        add_dummy_prefix=adds_dummy_prefix, control_symbols=list(specials))
    (folder / "tokenizer.model").write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    added = {str(id): {"content": processor.id_to_piece(id), "lstrip": False, "normalized": False, "rstrip": False, "single_word": False,
                       "special": True} for id in range(processor.get_piece_size()) if processor.is_control(id) or processor.is_unknown(id)}
    template = ("{{ bos_token }}{% for m in messages %}{% if m['role'] == 'assistant' %}{{ m['content'] + '<|end|>' }}{% else %}"
                "{{ '<|user|>' + m['content'] + '<|end|>' }}{% endif %}{% endfor %}")
    config = {"tokenizer_class": tokenizer_class, "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "add_bos_token": True,
              "add_eos_token": False, "added_tokens_decoder": added, "chat_template": template, "legacy": False}
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return processor.get_piece_size()


SIZES = dict(hidden_size=256, intermediate_size=512, num_hidden_layers=4, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=512, bos_token_id=1, eos_token_id=2, pad_token_id=0)


def bpe(folder, **more):
    return write_bpe(folder, QWEN2, tokenizer_class="Qwen2Tokenizer", normalizer=tokenizers.normalizers.NFC(), **more)


def llama3_tokenizer(folder):
    return write_bpe(folder, LLAMA3, ignores_merges=True, bos="<|begin_of_text|>",
                     specials=("<|begin_of_text|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>"))


# name → (pre-tokenizer, writes the tokenizer and returns its size, class of the configuration, its settings)
FAMILIES = {
    "llama": (None, write_sentencepiece, transformers.LlamaConfig, {}),
    "llama-linear": (None, write_sentencepiece, transformers.LlamaConfig,
                     dict(rope_parameters={"rope_type": "linear", "factor": 4.0, "rope_theta": 10000.0}, attention_bias=True, mlp_bias=True)),
    "llama-3": ("llama-bpe", llama3_tokenizer, transformers.LlamaConfig,
                dict(tie_word_embeddings=True, head_dim=64,
                     rope_parameters={"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0,
                                      "high_freq_factor": 4.0, "original_max_position_embeddings": 128})),
    "mistral": (None, write_sentencepiece, transformers.MistralConfig, dict(sliding_window=None)),
    "qwen2": ("qwen2", bpe, transformers.Qwen2Config, dict(tie_word_embeddings=True)),
    "qwen2-yarn": ("qwen2", bpe, transformers.Qwen2Config,
                   dict(rope_parameters={"rope_type": "yarn", "factor": 4.0, "rope_theta": 10000.0,
                                         "original_max_position_embeddings": 128})),
    "qwen3": ("qwen2", bpe, transformers.Qwen3Config, dict(head_dim=32)),
    # llama.cpp requires <|endoftext|> of a model whose name contains "phi3".
    "phi3": (None, lambda folder: write_sentencepiece(folder, specials=("<|user|>", "<|end|>", "<|endoftext|>")), transformers.Phi3Config,
             dict(original_max_position_embeddings=256, sliding_window=None,
                  rope_parameters={"rope_type": "longrope", "rope_theta": 10000.0, "short_factor": [1.0 + i / 32 for i in range(32)],
                                   "long_factor": [1.5 + i / 8 for i in range(32)], "original_max_position_embeddings": 256})),
    "gemma2": (None, lambda folder: write_sentencepiece(folder, adds_dummy_prefix=False, tokenizer_class="GemmaTokenizer"),
               transformers.Gemma2Config, dict(head_dim=64, query_pre_attn_scalar=64, sliding_window=64)),
}


def make_family(name, folder, dtype=torch.float32, **changes):
    """Writes the model; returns the name of its pre-tokenizer."""
    pre, write_tokenizer, config_class, settings = FAMILIES[name]
    size = write_tokenizer(folder)
    torch.manual_seed(len(name))
    config = config_class(**{**SIZES, "vocab_size": size + 3, **settings, **changes})
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    with torch.no_grad():
        for parameter_name, parameter in model.named_parameters():
            if parameter.dim() == 1:  # norms and biases, which are 1 or 0 at first
                parameter.add_(0.1 * torch.randn_like(parameter))
            else:  # so that predictions are far from uniform, and a wrong weight shows
                # llama.cpp looks GELU up in a table of half-precision numbers; smaller activations keep its error small.
                parameter.normal_(0, 0.05 if name == "gemma2" else 0.09)
    model.to(dtype).save_pretrained(folder)
    return pre
