#include "nn/checkpoint.hpp"

#include "base/held_folder.hpp"
#include "base/path.hpp"
#include "engine/checkpoint_folders.hpp"
#include "nn/adapter.hpp"
#include "record/json_text.hpp"
#include "record/manifest.hpp"

namespace intelia::nn {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = "checkpoint-";
constexpr std::string_view kUnfinishedPrefix = ".checkpoint-";  // being written or removed

void remove_unfinished(const fs::path& output) {
  for (const std::string& name : folder_members(output)) {
    if (name.starts_with(kUnfinishedPrefix)) remove_folder(output / name);
  }
}

/** Removes a checkpoint atomically: a killed run never leaves a part of it under its name. */
void remove_checkpoint(const fs::path& folder) {
  fs::path hidden = folder.parent_path() / ".";
  hidden += folder.filename();
  hidden += ".old";  // the hidden name itself may be of one that is being written
  remove_folder(hidden);
  rename_path(folder, hidden);
  remove_folder(hidden);
}

/** The checksum that a checkpoint's manifest contains: of the rest of it. */
std::string own_sha256(Json manifest) {
  manifest.erase("sha256");
  return sha256_of(json_text(manifest));
}

/** The state of a complete checkpoint; throws Error{input} that says what is wrong with another. */
Json read_checked(const fs::path& folder, std::int64_t step) {
  const auto manifest = read_manifest(folder);
  if (!manifest || !manifest->contains("files") || !manifest->contains("state") || !manifest->contains("sha256"))
    throw Error(Kind::input, "its manifest is missing or incomplete");
  if ((*manifest)["sha256"] != own_sha256(*manifest)) throw Error(Kind::input, "its manifest was altered");
  if ((*manifest)["step"] != step) throw Error(Kind::input, "its step is " + (*manifest)["step"].dump());
  for (const std::string& name : folder_members(folder))
    if (name != "manifest.json" && !(*manifest)["files"].contains(name))
      throw Error(Kind::input, "its manifest does not list '" + name + "'");
  for (const auto& [name, sha256] : (*manifest)["files"].items()) {
    if (!is_file(folder / name)) throw Error(Kind::input, "'" + name + "' is missing or not a file");
    if (!sha256.is_string() || sha256_of_file(folder / name) != sha256.get<std::string>())
      throw Error(Kind::input, "'" + name + "' does not match its checksum");
  }
  return (*manifest)["state"];
}

}  // namespace

void save_checkpoint(const fs::path& output, std::int64_t step, const Json& state,
                     const std::vector<CheckpointPart>& parts, const std::function<void(const fs::path&)>& write_model,
                     const std::function<void()>& before_naming) {
  const std::string name = std::string(kPrefix) + std::to_string(step);
  const fs::path unfinished = output / ("." + name), finished = output / name;
  remove_folder(unfinished);
  make_folder(unfinished);
  const HeldFolder held(unfinished, /*may_be_link=*/false);
  write_model(unfinished);
  for (const CheckpointPart& part : parts) write_tensors(unfinished / part.file, part.tensors).commit();
  Json files = Json::object();
  for (const std::string& file : folder_members(unfinished)) files[file] = sha256_of_file(unfinished / file);
  Json manifest = {
      {"format", kManifestFormat}, {"program", "intelia"}, {"step", step}, {"files", files}, {"state", state}};
  manifest["sha256"] = own_sha256(manifest);
  write_manifest(unfinished, manifest);
  before_naming();
  if (path_type(finished) != PathType::missing) {  // from an earlier attempt, incomplete or about to be written again
    fs::path old = unfinished;
    old += ".old";
    remove_folder(old);
    rename_path(finished, old);
  }
  rename_path(unfinished, finished);
  sync_folder(output);
  check_held_folder(output);
}

std::optional<FoundCheckpoint> find_checkpoint(const fs::path& output, Log& log) {
  for (const auto& [step, folder] : list_checkpoints(output)) {
    try {
      return FoundCheckpoint{folder, step, read_checked(folder, step)};
    } catch (const Error& error) {
      log.warning("checkpoint '" + folder.string() + "' is skipped: " + error.what());
    }
  }
  return std::nullopt;
}

void rotate_checkpoints(const fs::path& output, int keep, std::int64_t current_step, std::int64_t best_step,
                        const std::function<bool(std::int64_t)>& is_scheduled) {
  remove_unfinished(output);
  int num_kept = 0;
  bool is_newest = true;
  for (const auto& [step, folder] : list_checkpoints(output)) {
    if (step > current_step) continue;
    const bool stays = is_newest || (is_scheduled(step) && (step == best_step || num_kept < keep));
    is_newest = false;
    if (stays)
      ++num_kept;
    else
      remove_checkpoint(folder);
  }
}

void remove_checkpoints(const fs::path& output) {
  for (const auto& [step, folder] : list_checkpoints(output)) remove_checkpoint(folder);
}

}  // namespace intelia::nn
