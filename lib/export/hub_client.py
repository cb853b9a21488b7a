"""Downloads a model with huggingface_hub, as a child process of `intelia model pull`.

Arguments: name, revision (empty: the default branch), folder (for messages), and the names of tokenizer files. Prints a
JSON object per line: {"commit", "files", "bytes"}, then {"done"} or {"error", "kind"}.
"""
name, revision, folder, *texts = sys.argv[1:]
try:
    info = huggingface_hub.HfApi().model_info(name, revision=revision or None, files_metadata=True)
    def is_wanted(file):
        weights = file.endswith(".safetensors") and not file.startswith("consolidated")
        template = file.startswith("additional_chat_templates/") and file.endswith(".jinja") and file.count("/") == 1
        license = file.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE", "USE_POLICY"))
        model = file in ("config.json", "model.safetensors.index.json")
        return template or "/" not in file and (weights or license or model or file in texts)
    files = {file.rfilename: file.size or 0 for file in info.siblings if is_wanted(file.rfilename)}
    report(commit=info.sha, files=sorted(files), bytes=sum(files.values()))
    if "config.json" not in files:
        report(error="the repository has no config.json; it is not a model in Hugging Face format", kind="input")
    elif not any(file.endswith(".safetensors") for file in files):
        report(error="the repository has no safetensors weights; pickled weights can run code when opened and are not supported",
               kind="input")
    else:
        huggingface_hub.snapshot_download(name, revision=info.sha, local_dir=FOLDER, allow_patterns=sorted(files))
        report(done=True)
except errors.GatedRepoError:
    report(error="access to the model is restricted; request it on the model's page and set HF_TOKEN", kind="usage")
except errors.RevisionNotFoundError:
    report(error=f"the model has no revision '{revision}'", kind="usage")
except (errors.RepositoryNotFoundError, errors.HFValidationError):
    report(error="there is no such model, or it is private: check the name, or set HF_TOKEN", kind="usage")
except Exception as error:
    report_failure(error, folder)
