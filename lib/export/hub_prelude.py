"""What the clients of the model hub begin with: run before each of them, in one program with it. The first argument is the id of
the process that started it."""
import ctypes, json, os, pathlib, signal, sys

PR_SET_PDEATHSIG = 1
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # end with the command, even if that is killed
if os.getppid() != int(sys.argv.pop(1)):  # it was, before
    sys.exit()

# The folder of the model, by its descriptor: its path could lead elsewhere meanwhile. huggingface_hub and filelock resolve
# the paths that they get, also in Path.resolve, and would then write to whatever has the resolved path.
FOLDER = pathlib.Path(f"/proc/{os.getpid()}/fd/3")
realpath = os.path.realpath
os.path.realpath = lambda path, **options: str(path) if f"{path}/".startswith(f"{FOLDER}/") else realpath(path, **options)

def report(**values):
    print(json.dumps(values), flush=True)

try:
    import huggingface_hub
    from huggingface_hub import errors
except ImportError as error:
    report(error=f"Python has no package huggingface_hub ({error}); install it with: {sys.executable} -m pip install huggingface_hub",
           kind="usage")
    sys.exit()

def report_failure(error, folder):
    """An error that is not the hub's own: of the network, or, where it names a file, of the disk."""
    is_of_a_file = isinstance(error, OSError) and error.filename
    words = f"{type(error).__name__}: {error}".splitlines()[0].replace(str(FOLDER), folder)
    report(error=words, kind="io" if is_of_a_file else "unavailable")

