#include "training/data_check.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <vector>

#include "base/counted.hpp"
#include "base/file.hpp"
#include "base/path.hpp"
#include "engine/rows.hpp"
#include "engine/schedule.hpp"
#include "tokens/check.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxLogged = 20;       // faults that are logged
constexpr std::int64_t kFirstRecords = 100;  // that every run checks

/** A fault, and the file or folder it is in. */
struct Fault {
  fs::path path;
  RecordFinding finding;
  std::string where() const {
    return finding.line > 0 ? fmt::format("{}:{}", path.string(), finding.line) : path.string();
  }
};

void append(std::vector<Fault>& faults, const fs::path& path, std::vector<RecordFinding> findings) {
  for (RecordFinding& finding : findings) faults.push_back({path, std::move(finding)});
}

/** Differences between the trained model's text side and that of the model that will be served. */
std::vector<Fault> served_faults(const TextSide& text, const fs::path& folder) {
  std::vector<Fault> faults;
  append(faults, folder,
         check_served(*text.tokenizer, text.chat_template, load_tokenizer(folder, text.rules)->sha256(),
                      load_chat_template(folder, text.rules).sha256(), "the model that will be served"));
  return faults;
}

/** Differences from the text side that the adapter was trained with, according to its manifest. */
std::vector<Fault> adapter_faults(const TextSide& text, const fs::path& folder, Log& log) {
  const fs::path path = folder / "manifest.json";
  std::vector<Fault> faults;
  const Json manifest = is_file(path) ? parse_json(read_file(path), path.string()) : Json::object();
  const auto recorded = [&](const char* name) {
    return manifest.is_object() && manifest.contains(name) && manifest[name].is_string()
               ? manifest[name].get<std::string>()
               : "";
  };
  const std::string tokenizer = recorded("tokenizer_sha256"), chat_template = recorded("chat_template_sha256");
  if (tokenizer.empty() || chat_template.empty()) {
    log.info("'" + folder.string() +
             "' has no manifest that says which tokenizer and chat template it was trained with");
    return faults;
  }
  append(faults, folder, check_served(*text.tokenizer, text.chat_template, tokenizer, chat_template, "the adapter"));
  return faults;
}

/** What the checked files add up to. */
struct Totals {
  std::int64_t records = 0, tokens = 0, trained_tokens = 0;
  std::size_t truncated = 0;

  void add(const DatasetCheck& check) {
    records += check.num_read;
    tokens += check.num_tokens;
    trained_tokens += check.num_targets;
    truncated += check.truncated_lines.size();
  }
  std::string words(std::int64_t max_length) const {
    return fmt::format("{}, {}, {} of them trained, {} truncated to {}", counted(records, "record"),
                       counted(tokens, "token"), trained_tokens, truncated, counted(max_length, "token"));
  }
};

Json file_json(const fs::path& path, const DatasetCheck& check) {
  return {{"path", path.string()},
          {"records", check.num_read},
          {"tokens", check.num_tokens},
          {"trained_tokens", check.num_targets},
          {"longest_record_tokens", check.longest},
          {"truncated_lines", check.truncated_lines},
          {"records_with_skipped_turns", check.num_with_skipped_turns}};
}

/** Logs the first faults, and makes the report of all of them. */
TrainingReport report_faults(const std::vector<Fault>& faults, Log& log) {
  std::map<std::string, std::size_t> by_kind;
  std::set<std::pair<fs::path, std::int64_t>> bad_records;  // by line; other faults are of folders and empty files
  Json list = Json::array();
  for (const Fault& fault : faults) {
    const char* kind = name_of(fault.finding.kind);
    if (list.size() < kMaxLogged) log.warning(fault.where() + ": " + fault.finding.message);
    list.push_back({{"path", fault.path.string()},
                    {"line", fault.finding.line},
                    {"kind", kind},
                    {"message", fault.finding.message}});
    ++by_kind[kind];
    if (fault.finding.line > 0) bad_records.emplace(fault.path, fault.finding.line);
  }
  if (list.size() > kMaxLogged)
    log.warning(fmt::format("{} more, listed in the JSON summary", list.size() - kMaxLogged));
  std::string words = faults.empty() ? "no bad records" : "";
  const char* separator = "";
  if (!bad_records.empty()) {
    words = counted(bad_records.size(), "bad record");
    separator = ": ";
  }
  for (const auto& [kind, count] : by_kind) {
    words += fmt::format("{}{} × {}", separator, count, kind);
    separator = ", ";
  }
  return {
      "", {{"bad_records", bad_records.size()}, {"faults", list}, {"faults_by_kind", by_kind}}, words, faults.empty()};
}

/** The lengths of an epoch's samples, from those of each file. */
std::vector<std::int64_t> lengths_of_epoch(const std::vector<std::vector<std::int64_t>>& lengths,
                                           const std::vector<TrainingFile>& files, std::uint64_t seed) {
  std::vector<std::int64_t> sizes, epoch;
  std::vector<double> weights;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    sizes.push_back(static_cast<std::int64_t>(lengths[i].size()));
    weights.push_back(files[i].weight);
  }
  for (const auto& [file, sample] : mix_places(sizes, weights, seed))
    epoch.push_back(lengths[file][static_cast<std::size_t>(sample)]);
  return epoch;
}

}  // namespace

TrainingReport check_training_data(const TextSide& text, const TrainingInputs& inputs, const fs::path& adapter,
                                   const EncodeOptions& options, const TrainingSettings& settings, const Sinks& sinks,
                                   int threads) {
  std::vector<Fault> faults;
  if (!inputs.serve_model.empty()) faults = served_faults(text, inputs.serve_model);
  if (!adapter.empty())
    for (Fault& fault : adapter_faults(text, adapter, sinks.log)) faults.push_back(std::move(fault));

  Json files = Json::array();
  std::vector<std::vector<std::int64_t>> lengths;  // of the records that are trained on, by file
  Totals totals;
  for (const fs::path& path : inputs.files()) {
    DatasetCheck check = check_records(path, *text.tokenizer, text.chat_template, options, sinks, threads);
    if (check.num_with_skipped_turns > 0)
      sinks.log.warning(skipped_turns_warning(path, check.num_with_skipped_turns, check.num_read));
    if (check.num_duplicate_keys > 0) sinks.log.warning(duplicate_keys_warning(path, check.num_duplicate_keys));
    if (check.num_read == 0)
      check.findings.push_back({RecordFinding::Kind::no_record, 0, "the file is empty; there is nothing to train on"});
    files.push_back(file_json(path, check));
    totals.add(check);
    append(faults, path, std::move(check.findings));
    if (lengths.size() < inputs.train.size()) lengths.push_back(std::move(check.lengths));
  }
  TrainingReport report = report_faults(faults, sinks.log);
  if (const std::vector<std::int64_t> epoch = lengths_of_epoch(lengths, inputs.train, settings.seed); !epoch.empty())
    Schedule(settings.schedule,
             total_steps(static_cast<std::int64_t>(training_rows(epoch, settings).size()), settings));
  Json summary = {{"is_valid", faults.empty()}, {"files", files}};
  summary.update(report.summary);
  summary["tokenizer_sha256"] = text.tokenizer->sha256();
  summary["chat_template_sha256"] = text.chat_template.sha256();
  report.summary = std::move(summary);
  report.words = totals.words(options.max_length) + "; " + report.words;
  return report;
}

namespace {

/** Records that will be rejected or truncated are reported when they are read; the others would be trained unnoticed.
 */
void warn_about_first_records(const TextSide& text, const fs::path& path, const EncodeOptions& options,
                              const Sinks& sinks) {
  const DatasetCheck check = check_records(path, *text.tokenizer, text.chat_template, options, sinks,
                                           /*threads=*/1, kFirstRecords);
  std::set<std::int64_t> lines;
  const RecordFinding* first = nullptr;
  for (const RecordFinding& finding : check.findings) {
    if (finding.kind == RecordFinding::Kind::no_record || finding.kind == RecordFinding::Kind::refused ||
        finding.kind == RecordFinding::Kind::no_target)
      continue;
    if (first == nullptr) first = &finding;
    lines.insert(finding.line);
  }
  if (first != nullptr)
    sinks.log.warning(fmt::format("{} of the first {} {} bad; {}:{}: {}; a data check lists all", lines.size(),
                                  counted(check.num_read, "record"), is_or_are(lines.size()), path.string(),
                                  first->line, first->message));
}

}  // namespace

void warn_about_training_data(const TextSide& text, const TrainingInputs& inputs, const fs::path& adapter,
                              const EncodeOptions& options, const Sinks& sinks) {
  if (!inputs.serve_model.empty())
    if (const auto faults = served_faults(text, inputs.serve_model); !faults.empty())
      throw Error(Kind::refused, faults[0].where() + ": " + faults[0].finding.message);
  if (!adapter.empty())
    for (const Fault& fault : adapter_faults(text, adapter, sinks.log))
      sinks.log.warning(fault.where() + ": " + fault.finding.message);
  for (const TrainingFile& file : inputs.train)
    if (is_file(file.path)) warn_about_first_records(text, file.path, options, sinks);  // a pipe can be read only once
}

}  // namespace intelia
