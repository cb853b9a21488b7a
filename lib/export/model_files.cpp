#include "export/model_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "inference/text_side.hpp"
#include "record/trained_records.hpp"

namespace intelia {

namespace {

bool is_model_file(const std::string& name) {
  const auto& texts = tokenizer_file_names();
  if (std::find(texts.begin(), texts.end(), name) != texts.end()) return true;
  if (name == kTrainedRecordsFile) return true;
  return name.starts_with("model") && (name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json"));
}

}  // namespace

void check_room_for_weights(const Run& run, std::uint64_t weight_bytes, const std::string& need,
                            const std::string& remedy) {
  constexpr std::uint64_t kOtherBytes = std::uint64_t{64} << 20;  // headers, tokenizer, file system overhead
  const std::string shortage = disk_shortage(run.folder(), weight_bytes + kOtherBytes, need);
  if (!shortage.empty())
    throw Error(Kind::io, shortage + "; free some space" + (remedy.empty() ? "" : ", or " + remedy));
}

void stage_text_file(Run& run, const std::string& name, std::string_view content) {
  make_folder((run / name).parent_path());
  run.stage_text(name, content);
}

void stage_chat_templates(Run& run, const std::filesystem::path& model) {
  for (const auto& [name, source] : chat_template_sources(model)) {
    if (name.empty() || name.find_first_of(std::string_view("/\0", 2)) != std::string::npos)
      throw Error(Kind::input, fmt::format("{}: the name of the chat template '{}' is no file name; rename it in "
                                           "tokenizer_config.json",
                                           model.string(), name));
    stage_text_file(run,
                    name == "default" ? "chat_template.jinja" : fmt::format("additional_chat_templates/{}.jinja", name),
                    source);
  }
}

bool is_license_file(const std::string& name) {
  std::string upper = name;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  constexpr std::string_view kBeginnings[] = {"LICENSE", "LICENCE", "COPYING", "NOTICE", "USE_POLICY"};
  return std::any_of(std::begin(kBeginnings), std::end(kBeginnings),
                     [&](std::string_view beginning) { return upper.starts_with(beginning); });
}

void stage_licenses(Run& run, const std::filesystem::path& model, Log& log) {
  std::vector<std::string> others;
  for (const std::string& name : folder_members(model)) {
    if (is_license_file(name) && is_file(model / name))
      run.stage_text(name, read_member(model, name));
    else if (!name.starts_with('.') && name != "manifest.json" && name != "additional_chat_templates" &&
             !is_model_file(name) && !run.is_staged(name))
      others.push_back(name);
  }
  if (!others.empty()) log.info(fmt::format("not copied from '{}': {}", model.string(), fmt::join(others, ", ")));
}

void remove_stale_model_files(Run& run, const std::vector<std::string>& kept) {
  std::vector<std::string> names = named_template_files(run.folder());
  for (const std::string& name : folder_members(run.folder()))
    if (is_model_file(name)) names.push_back(name);
  for (const std::string& name : names)
    if (!run.is_staged(name) && std::find(kept.begin(), kept.end(), name) == kept.end())
      run.remove_at_commit(run / name);
}

}  // namespace intelia
