// Arbitrary bytes as a text, for every model folder in $INTELIA_FUZZ_MODELS: the ids are the same with and without
// ranges, the ranges are within the text, and a model whose name begins with "lossless" decodes to the text.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "record/json.hpp"
#include "text/utf8.hpp"
#include "tokenizer/tokenizer.hpp"

namespace {

using namespace intelia;

struct Model {
  std::string name;
  std::unique_ptr<Tokenizer> tokenizer;
};

const std::vector<Model>& models() {
  static const std::vector<Model> loaded = [] {
    const char* folder = std::getenv("INTELIA_FUZZ_MODELS");
    if (folder == nullptr) std::abort();
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::vector<Model> made;
    for (const auto& path : paths) made.push_back({path.filename(), Tokenizer::load(path)});
    return made;
  }();
  return loaded;
}

void require(bool is_true, const char* what, const Model& model) {
  if (is_true) return;
  std::fprintf(stderr, "%s: %s\n", model.name.c_str(), what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Model& model = models()[(data[0] >> 2) % models().size()];
  const SpecialTokens special{(data[0] & 1) != 0, (data[0] & 2) != 0};
  const std::string_view raw(reinterpret_cast<const char*>(data + 1), size - 1);
  std::string text;
  append_lossy_utf8(text, raw);
  require(is_valid_utf8(text), "the repaired text is not UTF-8", model);
  const Encoding encoding = model.tokenizer->encode_with_ranges(raw, special);
  require(encoding.ids.size() == encoding.ranges.size(), "not one range for each id", model);
  require(encoding.ids == model.tokenizer->encode(raw, special), "other ids without ranges", model);
  require(encoding.ids == model.tokenizer->encode(text, special), "other ids once repaired", model);
  for (const ByteRange& range : encoding.ranges)
    require(range.begin <= range.end && range.end <= text.size(), "a range outside of the text", model);
  const std::string decoded = model.tokenizer->decode(encoding.ids);
  if (model.name.starts_with("lossless") && !special.add) require(decoded == text, "not the text again", model);
  return 0;
}
