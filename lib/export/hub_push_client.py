"""Uploads files of a folder with huggingface_hub, as a child process of `intelia model push`.

Arguments: name, revision (empty: the default branch), "private" or "public", commit message, folder (for messages), names of files.
Standard input has the content of those that are not sent as they are in the folder: a JSON object, name → text. Prints a JSON object per line: {"total"}, {"sent"}, then {"commit", "url"} or
{"error", "kind"}.
"""
name, revision, visibility, message, folder, *files = sys.argv[1:]
try:
    api = huggingface_hub.HfApi()
    texts = {file: text.encode() for file, text in json.loads(sys.stdin.buffer.read()).items()}
    api.create_repo(name, private=visibility == "private", exist_ok=True)
    if revision:
        api.create_branch(name, branch=revision, exist_ok=True)
    sources = {file: texts.get(file, str(FOLDER / file)) for file in files}
    report(total=sum(len(source) if file in texts else os.path.getsize(source) for file, source in sources.items()))
    operations = [huggingface_hub.CommitOperationAdd(file, source) for file, source in sources.items()]
    commit = api.create_commit(name, operations, commit_message=message, revision=revision or None)
    report(commit=commit.oid, url=commit.commit_url)
except errors.HFValidationError as error:
    report(error=str(error).splitlines()[0], kind="usage")
except errors.LocalTokenNotFoundError:
    report(error="writing to a hub needs a token; set HF_TOKEN", kind="usage")
except errors.RepositoryNotFoundError:
    report(error="there is no such model, or the token may not write to it: check the name and HF_TOKEN", kind="usage")
except errors.HfHubHTTPError as error:
    status = error.response.status_code if error.response is not None else 0
    words = {401: "the hub does not accept the token; set HF_TOKEN to one that may write",
             403: "the token may not write to this model; set HF_TOKEN to one that may"}
    report(error=words.get(status, str(error).splitlines()[0]), kind="usage" if status in (400, 401, 403) else "unavailable")
except Exception as error:
    report_failure(error, folder)
