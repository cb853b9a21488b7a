#include "export/model_files.hpp"

#include <algorithm>

#include "base/error.hpp"
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

void remove_stale_model_files(Run& run) {
  for (const std::string& name : named_template_files(run.folder()))
    if (!run.is_staged(name)) run.remove_at_commit(run / name);
  for (const std::string& name : folder_members(run.folder()))
    if (is_model_file(name) && !run.is_staged(name)) run.remove_at_commit(run / name);
}

}  // namespace intelia
