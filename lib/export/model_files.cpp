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

void remove_stale_model_files(Run& run) {
  for (const std::string& name : named_template_files(run.folder()))
    if (!run.is_staged(name)) run.remove_at_commit(run / name);
  for (const std::string& name : folder_members(run.folder()))
    if (is_model_file(name) && !run.is_staged(name)) run.remove_at_commit(run / name);
}

}  // namespace intelia
