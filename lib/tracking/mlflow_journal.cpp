#include "tracking/mlflow_journal.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/path.hpp"
#include "record/json_line.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr int kFormat = 2;  // 1 had no artifacts and is otherwise the same

}  // namespace

MlflowJournal::MlflowJournal(const fs::path& file, JournalHead head)
    : file_(std::make_unique<AppendFile>(file)), head_(std::move(head)) {
  append({{"format", kFormat},
          {"server", head_.server},
          {"experiment", head_.experiment},
          {"identity", head_.identity},
          {"key", head_.key},
          {"run", head_.run}});
}

std::optional<MlflowJournal> MlflowJournal::open(const fs::path& file) {
  if (path_type(file) == PathType::missing) return std::nullopt;
  const std::string text = read_file(file);
  MlflowJournal journal;
  bool has_head = false;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string where = "'" + file.string() + "'";
    const Json entry = parse_json(std::string_view(text).substr(begin, end - begin), where);
    try {
      if (has_head) {
        journal.take(entry);
        continue;
      }
      if (entry.at("format") != kFormat && entry.at("format") != 1)
        throw Error(Kind::input,
                    where + " was written by another version of intelia; send it with that version, or remove it");
      journal.head_ = {entry.at("server"), entry.at("experiment"), entry.at("identity"), entry.at("key"),
                       entry.at("run")};
      has_head = true;
    } catch (const Json::exception&) {
      throw Error(Kind::input, where + " is not a journal of metrics for MLflow; remove it");
    }
  }
  if (!has_head) return std::nullopt;
  journal.file_ = std::make_unique<AppendFile>(file, static_cast<std::int64_t>(begin));
  return journal;
}

void MlflowJournal::add(const MetricsLine& line) { append(to_json(line)); }

void MlflowJournal::add_status(const std::string& status, double time) { append({{"status", status}, {"time", time}}); }
void MlflowJournal::add_answers(std::int64_t step, const std::string& artifact, const std::string& text) {
  append({{"artifact", artifact}, {"answers_of_step", step}, {"text", text}});
}
void MlflowJournal::add_file(const std::string& artifact, const std::string& sha256) {
  append({{"artifact", artifact}, {"sha256", sha256}});
}
bool MlflowJournal::has_file(const std::string& artifact, const std::string& sha256) const {
  const auto found = files_.find(artifact);
  return found != files_.end() && found->second == sha256;
}
void MlflowJournal::note_run(const std::string& run_id) { append({{"run_id", run_id}}); }
void MlflowJournal::note_params() { append({{"params_sent", true}}); }
void MlflowJournal::note_sent(std::size_t count) { append({{"sent", count}}); }

void MlflowJournal::append(const Json& entry) {
  file_->append(json_line(entry));
  if (!entry.contains("format")) take(entry);
}

void MlflowJournal::take(const Json& entry) {
  if (entry.contains("run_id")) {
    run_id_ = entry["run_id"];
  } else if (entry.contains("params_sent")) {
    has_params_ = true;
  } else if (entry.contains("sent")) {
    const std::size_t count = std::min(entry["sent"].get<std::size_t>(), unsent_.size());
    unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(count));
  } else if (entry.contains("status")) {
    last_status_ = entry["status"];
    unsent_.push_back({{-1, entry.at("time"), {}}, last_status_, "", std::nullopt});
  } else if (entry.contains("artifact")) {
    JournalEntry artifact{{}, "", entry["artifact"], std::nullopt};
    if (entry.contains("text")) {
      artifact.text = entry["text"];
      last_answers_step_ = entry.at("answers_of_step");
    } else {
      if (artifact.artifact.find('/') != std::string::npos)  // a forged journal must not upload arbitrary files
        throw Error(Kind::input, "the journal for MLflow names a file outside the output folder; remove it");
      files_[artifact.artifact] = entry.at("sha256");
    }
    unsent_.push_back(std::move(artifact));
  } else {
    last_step_ = entry.at("step");
    JournalEntry& line = unsent_.emplace_back(JournalEntry{{last_step_, entry.at("time"), {}}, "", "", std::nullopt});
    for (const auto& [name, value] : entry.at("metrics").items())
      line.line.scalars.emplace_back(name, value.get<double>());
  }
}

}  // namespace intelia
