#include "record/run.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "base/path.hpp"
#include "record/json_text.hpp"

namespace intelia {

namespace fs = std::filesystem;

Run::Run(RunInfo info, const fs::path& folder)
    : info_(std::move(info)), folder_(folder, info_.command, info_.force), start_seconds_(monotonic_seconds()) {}

Rejects& Run::open_rejects(const RejectPolicy& policy, Log& log) {
  rejected_ = &stage("rejected.jsonl");
  return rejects_.emplace(policy, log, rejected_);
}

void Run::add_input(Json description) {
  for (Json& origin : origins_of(Json::array({description}))) {
    const bool is_known = std::any_of(origins_.begin(), origins_.end(),
                                      [&](const Json& known) { return known["path"] == origin["path"]; });
    if (!is_known) origins_.push_back(std::move(origin));
  }
  inputs_.push_back(std::move(description));
}

Json Run::add_input_folder(const fs::path& path) {
  Json files = describe_folder(path);
  for (const Json& file : files) add_input(file);
  return files;
}

AtomicFile& Run::stage(const std::string& name) { return stage(AtomicFile(*this / name)); }

AtomicFile& Run::stage(AtomicFile file, std::int64_t records) {
  outputs_.push_back({std::move(file), records});
  return outputs_.back().file;
}

void Run::stage(std::vector<AtomicFile> files) {
  for (AtomicFile& file : files) stage(std::move(file));
}

void Run::stage_text(const std::string& name, std::string_view text) { stage(name).write(text); }

AtomicFile& Run::stage_state(const fs::path& path) { return state_.emplace(path); }

bool Run::is_staged(const std::string& name) const {
  return std::any_of(outputs_.begin(), outputs_.end(),
                     [&](const Output& output) { return output.file.path() == *this / name; });
}

void Run::restart() {
  rejects_.reset();
  rejected_ = nullptr;
  outputs_.clear();
  state_.reset();
  manifest_file_.reset();
  removed_.clear();
  inputs_ = origins_ = written_ = Json::array();
  manifest_ = measured_ = Json::object();
}

void Run::set_records(const AtomicFile& file, std::int64_t records) {
  const auto output =
      std::find_if(outputs_.begin(), outputs_.end(), [&](const Output& each) { return &each.file == &file; });
  output->records = records;
}

double Run::seconds() const { return monotonic_seconds() - start_seconds_; }

void Run::commit_outputs_early() {
  remove_manifest();
  remove_durably(removed_);
  removed_.clear();
  for (Output& output : outputs_) {
    if (output.is_committed) continue;
    output.file.commit();
    output.is_committed = true;
  }
}

const Json& Run::close() {
  if (manifest_file_) return whole_;
  if (rejects_) set_records(*rejected_, rejects_->count());
  whole_ = make_manifest(info_.command, info_.version, info_.options);
  whole_["inputs"] = inputs_;
  whole_["origins"] = origins_;
  whole_["outputs"] = written_;
  for (Output& output : outputs_) {
    output.file.close();
    whole_["outputs"].push_back(describe_output(output.file, output.records));
  }
  if (state_) state_->close();
  whole_.update(manifest_);
  whole_["measured"] = {{"finished_at", utc_now()}, {"seconds", seconds()}};
  whole_["measured"].update(measured_);
  manifest_file_.emplace(*this / "manifest.json");
  manifest_file_->write(json_text(whole_, 2) + "\n");
  manifest_file_->close();
  return whole_;
}

void Run::remove_durably(const std::vector<fs::path>& paths) const {
  bool is_removed = false;
  for (const fs::path& path : paths)
    if (path_type(path) != PathType::missing) is_removed |= remove_file(path);
  if (is_removed) sync_folder(folder());
}

void Run::remove_manifest() { remove_durably({*this / "manifest.json"}); }

void Run::commit_early(const std::string& name) {
  for (Output& output : outputs_) {
    if (output.file.path() != *this / name || output.is_committed) continue;
    output.file.commit();
    output.is_committed = true;
  }
}

void Run::commit() {
  close();
  folder_.check_in_place();
  removed_.push_back(*this / "manifest.json");
  remove_durably(removed_);
  for (Output& output : outputs_)
    if (!output.is_committed) output.file.commit();
  if (state_) state_->commit();
  manifest_file_->commit();
}

}  // namespace intelia
