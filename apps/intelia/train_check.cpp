#include "train_check.hpp"

#include <fmt/format.h>

#include <map>

#include "base/file.hpp"
#include "engine/rows.hpp"
#include "engine/schedule.hpp"
#include "tokens/check.hpp"

namespace intelia {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNamed = 20;           // faults told in words
constexpr std::int64_t kFirstRecords = 100;  // that every run looks at

/** A fault and the file or folder it is of. */
struct Fault {
  fs::path path;
  Finding finding;
  std::string where() const {
    return finding.line > 0 ? fmt::format("{}:{}", path.string(), finding.line) : path.string();
  }
};

void add(std::vector<Fault>& faults, const fs::path& path, std::vector<Finding> findings) {
  for (Finding& finding : findings) faults.push_back({path, std::move(finding)});
}

/** Faults between what is trained and what will be served. */
std::vector<Fault> served_faults(const TextSide& text, const fs::path& folder) {
  std::vector<Fault> faults;
  add(faults, folder,
      check_served(*text.tokenizer, text.chat_template, load_tokenizer(folder)->sha256(),
                   load_chat_template(folder).sha256(), "the model that will be served"));
  return faults;
}

/** Faults between what is trained and what the adapter was trained with, which its manifest says; none without a
 * manifest. */
std::vector<Fault> adapter_faults(const TextSide& text, const fs::path& folder, Log& log) {
  const fs::path path = folder / "manifest.json";
  std::vector<Fault> faults;
  const Json manifest = fs::exists(path) ? parse_json(read_file(path), path.string()) : Json::object();
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
  add(faults, folder, check_served(*text.tokenizer, text.chat_template, tokenizer, chat_template, "the adapter"));
  return faults;
}

std::string plural(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

int check_training_data(const TextSide& text, const TrainInputs& inputs, const EncodeOptions& options,
                        const SftSettings& settings, const Context& context) {
  std::vector<Fault> faults;
  if (!inputs.serve_model.empty()) faults = served_faults(text, inputs.serve_model);
  if (!inputs.adapter.empty())
    for (Fault& fault : adapter_faults(text, inputs.adapter, context.log())) faults.push_back(std::move(fault));

  Json files = Json::array();
  std::vector<std::int64_t> lengths;  // of the records that are trained on
  std::int64_t records = 0, tokens = 0, trained_tokens = 0;
  std::size_t num_cut = 0;
  for (const fs::path& path : {inputs.train, inputs.validation}) {
    if (path.empty()) continue;
    DatasetCheck check = check_conversations(path, *text.tokenizer, text.chat_template, options, context.sinks,
                                             num_threads(context.common));
    if (check.num_read == 0)
      check.findings.push_back({Finding::Kind::no_record, 0, "the file is empty; there is nothing to train on"});
    files.push_back({{"path", path.string()},
                     {"records", check.num_read},
                     {"tokens", check.num_tokens},
                     {"trained_tokens", check.num_targets},
                     {"longest", check.longest},
                     {"cut_lines", check.cut_lines}});
    records += check.num_read;
    tokens += check.num_tokens;
    trained_tokens += check.num_targets;
    num_cut += check.cut_lines.size();
    add(faults, path, std::move(check.findings));
    if (path == inputs.train) lengths = std::move(check.lengths);
  }

  std::map<std::string, std::size_t> by_kind;
  Json list = Json::array();
  for (const Fault& fault : faults) {
    const char* kind = name_of(fault.finding.kind);
    if (list.size() < kNamed) context.log().warning(fault.where() + ": " + fault.finding.message);
    list.push_back({{"path", fault.path.string()},
                    {"line", fault.finding.line},
                    {"kind", kind},
                    {"message", fault.finding.message}});
    ++by_kind[kind];
  }
  if (list.size() > kNamed) context.log().warning(plural(list.size() - kNamed, "more fault") + "; --json names all");
  if (!lengths.empty())
    Schedule(settings.schedule,
             total_steps(static_cast<std::int64_t>(training_rows(lengths, settings).size()), settings));

  std::string words = fmt::format("{}, {} tokens, {} of them trained, {} cut at --max-length {}; ",
                                  plural(static_cast<std::size_t>(records), "record"), tokens, trained_tokens, num_cut,
                                  options.max_length);
  if (faults.empty()) words += "sound";
  std::string kinds;
  for (const auto& [kind, count] : by_kind) kinds += fmt::format("{}{} × {}", kinds.empty() ? "" : ", ", count, kind);
  if (!faults.empty()) words += plural(faults.size(), "fault") + ": " + kinds;
  context.finish({{"is_sound", faults.empty()},
                  {"files", files},
                  {"faults", list},
                  {"faults_by_kind", by_kind},
                  {"tokenizer_sha256", text.tokenizer->sha256()},
                  {"chat_template_sha256", text.chat_template.sha256()}},
                 words);
  return faults.empty() ? 0 : 3;
}

void warn_of_training_data(const TextSide& text, const TrainInputs& inputs, const EncodeOptions& options,
                           const Context& context) {
  if (!inputs.serve_model.empty())
    if (const auto faults = served_faults(text, inputs.serve_model); !faults.empty())
      throw Error(Kind::refused, faults[0].where() + ": " + faults[0].finding.message);
  std::vector<Fault> faults;
  if (!inputs.adapter.empty()) faults = adapter_faults(text, inputs.adapter, context.log());
  for (const Fault& fault : faults) context.log().warning(fault.where() + ": " + fault.finding.message);
  if (!fs::is_regular_file(inputs.train)) return;  // what can be read but once is for the training
  const DatasetCheck check =
      check_conversations(inputs.train, *text.tokenizer, text.chat_template, options, context.sinks,
                          /*threads=*/1, kFirstRecords);
  // What is rejected, or cut away, is named as it is read; what would be trained all the same must be said here.
  std::size_t count = 0;
  const Finding* first = nullptr;
  for (const Finding& finding : check.findings) {
    if (finding.kind == Finding::Kind::no_record || finding.kind == Finding::Kind::refused ||
        finding.kind == Finding::Kind::no_target)
      continue;
    if (first == nullptr) first = &finding;
    ++count;
  }
  if (first != nullptr)
    context.log().warning(fmt::format("{} among the first {} records; {}:{}: {}; --check names all",
                                      plural(count, "fault"), check.num_read, inputs.train.string(), first->line,
                                      first->message));
}

}  // namespace intelia
