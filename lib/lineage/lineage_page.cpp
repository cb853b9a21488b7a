#include "lineage/lineage_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/counted.hpp"
#include "record/exact_json.hpp"
#include "text/utf8.hpp"
#include "text/visible_text.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

/** Foreign text, made printable on one line. */
std::string shown(std::string_view text) { return visible(text, Newlines::shown); }

fs::path place_of(const RunRecord& run) {
  return run.manifests.empty() ? fs::path(run.recorded_manifest) : run.manifests.front();
}

// --- text -----------------------------------------------------------------------------------------------------------

constexpr std::size_t kWidth = 110;
constexpr std::size_t kMaxFilesShown = 16;
constexpr std::size_t kMaxMetadataShown = 2000;

/** The width of UTF-8 `text` in columns. */
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_empty(const Json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>().empty();
  return value.empty();  // null or empty
}

std::string value_words(const Json& value) {
  return shown(value.is_string() ? value.get_ref<const std::string&>() : value.dump());
}

/** "limit 50000", "languages [\"fr\"]", … of the non-empty members of an object. */
std::vector<std::string> member_words(const Json& object) {
  std::vector<std::string> words;
  for (const auto& [name, value] : object.items())
    if (!is_empty(value)) words.push_back(shown(name) + " " + value_words(value));
  return words;
}

fs::path shown_path(const LineageFile& file) { return file.path.empty() ? fs::path(file.recorded.path) : file.path; }

/** A file, by its name in `folder` padded to `name_columns`, or by its path if it is elsewhere. */
std::string file_words(const LineageFile& file, const fs::path& folder, std::size_t name_columns) {
  const fs::path path = shown_path(file);
  std::string words = shown((path.parent_path() == folder ? path.filename() : path).string());
  words += std::string(name_columns > columns(words) ? name_columns - columns(words) : 0, ' ') + "  " +
           state_words(file.state);
  if (file.was_moved) words += fmt::format(", moved (recorded as {})", shown(file.recorded.path));
  if (file.recorded.records >= 0) words += ", " + counted(file.recorded.records, "record");
  // If the recorded content is not there, its full hash is shown, to search for it elsewhere.
  const bool is_there = file.state == FileState::as_written || file.state == FileState::same_size;
  if (file.recorded.bytes >= 0) words += ", " + counted(file.recorded.bytes, "byte");
  return words + ", sha256 " + (is_there ? file.recorded.sha256.substr(0, 16) : file.recorded.sha256);
}

class TreeText {
 public:
  void origin(const LineageOrigin& origin, const std::string& lead, const std::string& below) {
    if (origin.files.empty()) return run(origin, lead, below);
    const fs::path folder = shown_path(origin.files.front()).parent_path();
    if (origin.files.size() == 1) {
      line(lead, file_words(origin.files.front(), {}, 0));
    } else {
      line(lead, fmt::format("{}: {} files", folder.empty() ? "." : shown(folder.string()), origin.files.size()));
      std::size_t name_columns = 0;
      for (const LineageFile& file : origin.files)
        name_columns = std::max(name_columns, std::min<std::size_t>(32, columns(shown_path(file).filename().string())));
      for (std::size_t i = 0; i < std::min(origin.files.size(), kMaxFilesShown); ++i)
        line(below + "│  ", file_words(origin.files[i], folder, name_columns));
      if (origin.files.size() > kMaxFilesShown) line(below + "│  ", rest_words(origin.files));
    }
    run(origin, below + "└─ ", below + "   ");
  }

  void uses(const std::vector<LineageUse>& list, const std::string& below) {
    for (const LineageUse& use : list) {
      const bool is_last = &use == &list.back();
      std::string words = head_words(*use.run) + (use.is_of_other_bytes ? "  read another version of " : "  read ") +
                          names_words(use.files);
      if (use.is_told_above) words += "  (shown above)";
      if (use.is_too_deep) words += "  (maximum depth reached)";
      line(below + (is_last ? "└─ " : "├─ "), words);
      uses(use.uses, below + (is_last ? "   " : "│  "));
    }
  }

  void line(const std::string& lead, const std::string& text) { text_ += lead + text + "\n"; }
  std::string take() { return std::move(text_); }

 private:
  static std::string rest_words(const std::vector<LineageFile>& files) {
    const auto sound = static_cast<std::size_t>(
        std::count_if(files.begin() + kMaxFilesShown, files.end(), [](const LineageFile& file) {
          return file.state == FileState::as_written || file.state == FileState::same_size;
        }));
    const std::size_t rest = files.size() - kMaxFilesShown;
    return fmt::format("and {} more, {}", rest,
                       sound == rest ? "all as written" : fmt::format("{} of them not as written", rest - sound));
  }

  static std::string names_words(const std::vector<std::string>& names) {
    if (names.size() == 1) return shown(names.front());
    const std::string folder = shown(fs::path(names.front()).parent_path().string());
    return fmt::format("{} files of {}", names.size(), folder.empty() ? "." : folder);
  }

  static std::string head_words(const RunRecord& run) {
    std::string words = shown(run.command) + "  " + shown(place_of(run).string());
    if (run.manifests.empty()) words += fmt::format(" (copy in {})", shown(run.kept_in.string()));
    if (run.facts.contains("version")) words += ", intelia " + value_words(run.facts["version"]);
    if (run.facts.contains("measured") && run.facts["measured"].is_object() &&
        run.facts["measured"].contains("finished_at"))
      words += ", " + value_words(run.facts["measured"]["finished_at"]);
    return words;
  }

  void run(const LineageOrigin& origin, const std::string& lead, const std::string& below) {
    if (origin.run == nullptr) return line(lead, "origin unknown: not in any manifest");
    const RunRecord& run = *origin.run;
    if (run.is_refused) return line(lead, "unusable: " + shown(run.fault));
    std::string head = head_words(run);
    if (origin.is_loop) head += "  (cycle)";
    if (origin.is_told_above) head += "  (shown above)";
    if (origin.is_too_deep) head += "  (maximum depth reached)";
    line(lead, head);
    if (origin.is_loop || origin.is_told_above || origin.is_too_deep) return;
    const std::size_t num_children = run.sources.size() + origin.origins.size();
    const std::string beside = below + (num_children > 0 ? "│  " : "   ");
    if (!run.fault.empty()) line(beside, "invalid: " + shown(run.fault));
    for (const auto& [name, value] : run.facts.items()) {
      if (name == "version" || name == "measured" || name == "result" || is_empty(value)) continue;
      if (value.is_object())
        wrapped(beside, shown(name), member_words(value));
      else
        line(beside, shown(name) + ": " + value_words(value));
    }
    for (const RunRecord* other : origin.also) line(beside, "same content also from " + head_words(*other));
    std::size_t place = 0;
    const auto child = [&](const auto& work) {
      const bool is_last = ++place == num_children;
      work(below + (is_last ? "└─ " : "├─ "), below + (is_last ? "   " : "│  "));
    };
    for (const Json& source : run.sources)
      child([&](const std::string& first, const std::string& rest) { this->source(source, first, rest); });
    for (const LineageOrigin& before : origin.origins)
      child([&](const std::string& first, const std::string& rest) { this->origin(before, first, rest); });
  }

  /** A source that is not a file: its first member on the first line, the others below. */
  void source(const Json& source, const std::string& lead, const std::string& below) {
    bool is_first = true;
    for (const std::string& words : member_words(source)) {
      line(is_first ? lead : below + "   ", words);
      is_first = false;
    }
  }

  void wrapped(const std::string& lead, const std::string& name, const std::vector<std::string>& words) {
    std::string text = name + ": ";
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string word = words[i] + (i + 1 < words.size() ? ", " : "");
      if (columns(lead) + columns(text) + columns(word) > kWidth && columns(text) > name.size() + 2) {
        line(lead, text.substr(0, text.size() - 1));
        text = std::string(name.size() + 2, ' ');
      }
      text += word;
    }
    line(lead, text);
  }

  std::string text_;
};

void write_records(TreeText& tree, const LineageReport& report) {
  for (const auto& [path, record] : report.records) {
    const std::string state = record.reason.empty() ? "" : "  not used: " + shown(record.reason);
    tree.line("", fmt::format("{}:{}{}", shown(path.string()), record.line, state));
    std::string metadata = record.metadata_json;
    if (metadata.size() > kMaxMetadataShown) metadata = metadata.substr(0, kMaxMetadataShown) + "…";
    if (metadata != "{}") tree.line("  ", shown(metadata));
  }
  const auto num_shown = static_cast<std::int64_t>(report.records.size());
  if (report.num_records > num_shown) tree.line("", "and " + counted(report.num_records - num_shown, "more record"));
}

// --- JSON -----------------------------------------------------------------------------------------------------------

/** A file name, which may not be valid UTF-8. */
std::string json_text(const std::string& text) { return is_valid_utf8(text) ? text : visible(text, Newlines::shown); }

Json file_json(const LineageFile& file) {
  Json json{{"path", file.path.empty() ? Json(nullptr) : Json(json_text(file.path.string()))},
            {"recorded_path", json_text(file.recorded.path)},
            {"state", state_words(file.state)},
            {"moved", file.was_moved},
            {"sha256", file.recorded.sha256}};
  if (file.recorded.bytes >= 0) json["bytes"] = file.recorded.bytes;
  if (file.recorded.records >= 0) json["records"] = file.recorded.records;
  return json;
}

Json run_head_json(const RunRecord& run) {
  Json json{{"command", run.command}, {"manifest", json_text(place_of(run).string())}};
  if (run.manifests.empty() && !run.kept_in.empty()) json["kept_in"] = json_text(run.kept_in.string());
  return json;
}

Json origin_json(const LineageOrigin& origin) {
  Json json{{"files", Json::array()}, {"run", nullptr}};
  for (const LineageFile& file : origin.files) json["files"].push_back(file_json(file));
  if (origin.run == nullptr) return json;
  Json& run = json["run"];
  run = run_head_json(*origin.run);
  if (!origin.run->fault.empty()) run["fault"] = json_text(origin.run->fault);
  if (origin.run->is_refused) run["refused"] = true;
  if (origin.is_loop) run["loop"] = true;
  if (origin.is_told_above) run["told_above"] = true;
  if (origin.is_too_deep) run["too_deep"] = true;
  if (origin.run->is_refused || origin.is_loop || origin.is_told_above || origin.is_too_deep) return json;
  run["facts"] = origin.run->facts;
  run["sources"] = origin.run->sources;
  for (const RunRecord* other : origin.also) run["same_bytes_from"].push_back(run_head_json(*other));
  run["origins"] = Json::array();
  for (const LineageOrigin& before : origin.origins) run["origins"].push_back(origin_json(before));
  return json;
}

Json use_json(const LineageUse& use) {
  Json json = run_head_json(*use.run);
  json["read"] = Json::array();
  for (const std::string& file : use.files) json["read"].push_back(json_text(file));
  if (use.is_of_other_bytes) json["other_bytes"] = true;
  json["wrote"] = Json::array();
  for (const NamedFile& output : use.run->outputs) json["wrote"].push_back(json_text(output.path));
  if (use.is_told_above) json["told_above"] = true;
  if (use.is_too_deep) json["too_deep"] = true;
  json["uses"] = Json::array();
  for (const LineageUse& after : use.uses) json["uses"].push_back(use_json(after));
  return json;
}

}  // namespace

std::string lineage_text(const LineageReport& report) {
  TreeText tree;
  write_records(tree, report);
  bool is_first = report.records.empty();
  for (const LineageSection& section : report.sections) {
    if (!is_first) tree.line("", "");
    is_first = false;
    for (const LineageOrigin& origin : section.origins) tree.origin(origin, "", "");
    tree.line("", section.uses.empty() ? "not used by any known run" : "used by");
    tree.uses(section.uses, "");
  }
  return tree.take();
}

Json lineage_json(const LineageReport& report) {
  Json json{{"target", json_text(report.target)}, {"kind", report.kind}, {"found", !report.sections.empty()}};
  if (report.kind == "id") {
    json["num_records"] = report.num_records;
    json["records"] = Json::array();
    for (const auto& [path, record] : report.records) {
      Json item{{"file", json_text(path.string())}, {"line", record.line}};
      if (!record.reason.empty()) item["reason"] = record.reason;
      item["metadata"] = parse_exact_json(record.metadata_json, path.string());
      json["records"].push_back(std::move(item));
    }
  }
  json["sections"] = Json::array();
  for (const LineageSection& section : report.sections) {
    Json item{{"origins", Json::array()}, {"uses", Json::array()}};
    for (const LineageOrigin& origin : section.origins) item["origins"].push_back(origin_json(origin));
    for (const LineageUse& use : section.uses) item["uses"].push_back(use_json(use));
    json["sections"].push_back(std::move(item));
  }
  json["changed"] = report.num_changed;
  json["not_found"] = report.num_not_found;
  json["refused"] = report.num_refused;
  return json;
}

}  // namespace intelia
