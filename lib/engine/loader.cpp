// Finds libtorch, loads the plug-in, and compares build tags. See engine.hpp.
#include <dlfcn.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "base/file.hpp"
#include "base/held_folder.hpp"
#include "base/path.hpp"
#include "base/subprocess.hpp"
#include "engine/engine.hpp"

namespace intelia {

namespace fs = std::filesystem;

const char* build_tag() { return INTELIA_BUILD_TAG; }

namespace {

constexpr const char* kPlugin = "libintelia_engine.so";
constexpr const char* kRemedy =
    "libtorch was not found: run scripts/setup, or install it with 'pip install torch==2.11.0' and set INTELIA_PYTHON "
    "to that Python, or set INTELIA_LIBTORCH to the folder that holds libtorch_cpu.so";

fs::path plugin_path() {
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  if (failure) throw Error(Kind::io, "cannot read '/proc/self/exe': " + failure.message());
  return program.parent_path().parent_path() / "lib" / kPlugin;
}

/** Loads libtorch's CPU libraries from `folder`, so that the plug-in finds them by name. */
bool preload(const fs::path& folder) {
  return is_reachable_file(folder / "libtorch_cpu.so") &&
         ::dlopen((folder / "libc10.so").c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr &&
         ::dlopen((folder / "libtorch_cpu.so").c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr;
}

/** The folder of libtorch in the torch package of a Python; empty when there is none. */
fs::path libtorch_of_python() {
  const char* named = std::getenv("INTELIA_PYTHON");
  const ProcessResult result =
      run_process({named != nullptr && *named != 0 ? named : "python3", "-c",
                   "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0])"});
  std::string folder = result.output.substr(0, result.output.find('\n'));
  if (result.start_error == EAGAIN || result.start_error == ENOMEM)
    throw Error(Kind::io, "cannot start Python to look for libtorch: " + system_message(result.start_error) +
                              "; raise the limits of processes and memory (ulimit -u, ulimit -v)");
  return result.exit_status == 0 && !folder.empty() ? fs::path(folder) / "lib" : fs::path();
}

/**
 * Limits how long idle OpenMP threads of libtorch spin; libgomp reads this once, as it is loaded. Its default is
 * milliseconds, which makes training several times slower on a machine with other load; 1,000 iterations, about ten
 * microseconds, bridge the short pauses between operations (docs/benchmarks/2026-11-30-cpu).
 */
void limit_spinning() {
  if (std::getenv("OMP_WAIT_POLICY") == nullptr) ::setenv("GOMP_SPINCOUNT", "1000", /*overwrite=*/0);
}

/** Refuses an address-space limit in which libtorch cannot start: it would abort the process. */
void check_address_space() {
  constexpr rlim_t kNeededBytes = rlim_t{512} << 20;
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= kNeededBytes) return;
  throw Error(Kind::io, "this process may have " + std::to_string(limit.rlim_cur >> 20) +
                            " MiB of memory (ulimit -v), and libtorch needs " + std::to_string(kNeededBytes >> 20) +
                            " to start; raise the limit");
}

/** Refuses what libraries that libtorch loads end the process for: a small stack, and a current folder that was
 * removed. */
void check_process() {
  constexpr rlim_t kNeededBytes = rlim_t{1} << 20;
  rlimit limit{};
  if (::getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < kNeededBytes)
    throw Error(Kind::io, "this process may have a stack of " + std::to_string(limit.rlim_cur >> 10) +
                              " KiB (ulimit -s), and libtorch needs " + std::to_string(kNeededBytes >> 10) +
                              "; raise the limit");
  std::error_code failure;
  if (fs::current_path(failure).empty())
    throw Error(Kind::io, "the current folder was removed, and libtorch needs one; change to another");
}

/** The last error of dlopen; thrown when it is a lack of memory, which no other copy of the library would help. */
std::string reason_of_failure() {
  std::string reason = ::dlerror();
  if (reason.find("failed to map segment") != std::string::npos ||
      reason.find("annot allocate memory") != std::string::npos)
    throw Error(Kind::io, "not enough memory to load libtorch (see ulimit -v): " + reason);
  return reason;
}

void* open_plugin(const fs::path& path) {
  limit_spinning();
  check_address_space();
  check_process();
  if (!is_reachable_file(path))
    throw Error(Kind::usage,
                "the engine is missing: '" + path.string() + "' does not exist; build it with scripts/setup");
  if (const char* named = std::getenv("INTELIA_LIBTORCH"); named != nullptr && *named != 0) {
    if (!preload(named))
      throw Error(Kind::usage, "INTELIA_LIBTORCH is '" + std::string(named) +
                                   "', and no libtorch_cpu.so could be loaded from there");
  } else {
    preload(path.parent_path());
  }
  if (void* plugin = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return plugin;
  const std::string reason = reason_of_failure();
  if (reason.find("libtorch_cpu.so") == std::string::npos && reason.find("libc10.so") == std::string::npos)
    throw Error(Kind::usage, "the engine could not be loaded: " + reason);
  if (preload(libtorch_of_python())) {
    if (void* plugin = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return plugin;
    throw Error(Kind::usage, "the engine could not be loaded: " + reason_of_failure());
  }
  throw Error(Kind::usage, kRemedy);
}

Engine& create_engine() {
  const fs::path path = plugin_path();
  void* plugin = open_plugin(path);
  const auto tag = reinterpret_cast<const char* (*)()>(::dlsym(plugin, "intelia_engine_build_tag"));
  const auto create =
      reinterpret_cast<Engine* (*)(HeldFolders*, MappedFiles*)>(::dlsym(plugin, "intelia_engine_create"));
  if (tag == nullptr || create == nullptr)
    throw Error(Kind::usage, "'" + path.string() + "' is not an engine of intelia");
  if (std::string(tag()) != build_tag())
    throw Error(Kind::usage, "the engine '" + path.string() + "' was built as '" + tag() + "', this program as '" +
                                 build_tag() + "'; build both together with scripts/setup");
  return *create(&held_folders(), &mapped_files());
}

}  // namespace

Engine& load_engine() {
  static Engine& engine = create_engine();
  return engine;
}

}  // namespace intelia
