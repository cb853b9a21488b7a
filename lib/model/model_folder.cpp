// See model_folder.hpp. References in transformers 5.23: PreTrainedModel.tie_weights,
// _adjust_missing_and_unexpected_keys (modeling_utils.py), rename_source_key (core_model_loading.py).
#include "model/model_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <set>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "model/quantized.hpp"
#include "record/json.hpp"

namespace intelia {

namespace {

constexpr const char* kEmbedding = "model.embed_tokens.weight";
constexpr const char* kHead = "lm_head.weight";
constexpr std::string_view kPrefix = "model.";
constexpr std::size_t kChunkBytes = 4 << 20;  // a multiple of the size of every type
constexpr std::size_t kMaxGroups = 8;

bool is_float(TensorType type) {
  return type == TensorType::f32 || type == TensorType::f16 || type == TensorType::bf16;
}

/** Whether two weights of a floating-point type are equal in every value. */
bool have_equal_values(const TensorView& a, const TensorView& b) {
  if (a.shape != b.shape || !is_float(a.type) || !is_float(b.type)) return false;
  const std::size_t size_a = bytes_per_element(a.type), size_b = bytes_per_element(b.type);
  const std::size_t num = a.size_bytes / size_a, num_at_once = kChunkBytes / 4;
  bool are_equal = true;
  for (std::size_t begin = 0; are_equal && begin < num; begin += num_at_once) {
    const std::size_t count = std::min(num_at_once, num - begin);
    const TensorView part_a{a.type, {}, a.data + begin * size_a, count * size_a};
    const TensorView part_b{b.type, {}, b.data + begin * size_b, count * size_b};
    are_equal = a.type == b.type && std::memcmp(part_a.data, part_b.data, part_a.size_bytes) == 0;
    if (!are_equal) are_equal = to_float32(part_a, kHead) == to_float32(part_b, kEmbedding);
    release_pages(part_a);
    release_pages(part_b);
  }
  return are_equal;
}

/** The names of all tensors that the model takes; of an NF4 weight those of its parts. */
std::set<std::string> names_of(const ModelConfig& config, const ModelWeights& weights) {
  std::set<std::string> names;
  for (const TensorShape& tensor : model_tensors(config)) {
    names.insert(tensor.name);
    if (!is_stored_quantized(config, tensor.name)) continue;
    for (const char* suffix : {kAbsmaxSuffix, kQuantMapSuffix, kStateSuffix}) names.insert(tensor.name + suffix);
    const TensorView* scales = weights.find(tensor.name + kAbsmaxSuffix);
    if (scales == nullptr || scales->type != TensorType::u8) continue;
    for (const char* suffix : {kNestedAbsmaxSuffix, kNestedMapSuffix}) names.insert(tensor.name + suffix);
  }
  return names;
}

/** Tensors of a folder that was saved without its output layer ("embed_tokens.weight") get the names of the model. */
void add_prefixes(ModelWeights& weights, ModelConfig config) {
  config.ties_embeddings = false;
  std::set<std::string> bases;
  for (const TensorShape& tensor : model_tensors(config)) bases.insert(tensor.name);
  std::vector<std::pair<std::string, std::string>> renamed;
  for (const auto& [name, view] : weights.tensors()) {
    // A part of an NF4 weight is named as its weight.
    const std::size_t weight_end = name.find(".weight");
    const std::string base = weight_end == std::string::npos ? name : name.substr(0, weight_end + 7);
    if (bases.contains(base)) continue;
    if (name.starts_with(kPrefix) && bases.contains(base.substr(kPrefix.size())))
      renamed.emplace_back(name, name.substr(kPrefix.size()));
    else if (bases.contains(std::string(kPrefix) + base))
      renamed.emplace_back(name, std::string(kPrefix) + name);
  }
  for (const auto& [from, to] : renamed)
    if (weights.find(to) == nullptr) weights.rename(from, to);
}

void set_ties(ModelConfig& config, bool ties) {
  config.ties_embeddings = ties;
  Json document = *config.document;
  document["tie_word_embeddings"] = ties;
  config.document = std::make_shared<const Json>(std::move(document));
}

/** Decides whether embedding and output layer are tied, as the weights have it. */
void settle_tying(ModelFolder& folder, const std::string& name) {
  if (!folder.config.ties_embeddings) return;
  const TensorView *embedding = folder.weights.find(kEmbedding), *head = folder.weights.find(kHead);
  if (head == nullptr) return;
  if (embedding == nullptr) return folder.weights.rename(kHead, kEmbedding);
  if (have_equal_values(*head, *embedding)) return;
  set_ties(folder.config, false);
  folder.warnings.push_back(fmt::format(
      "{}: config.json says that the embeddings are tied (tie_word_embeddings), but {} and {} have different values; "
      "they are not tied, as in transformers. Set tie_word_embeddings to false in config.json",
      name, kHead, kEmbedding));
}

std::string pattern_of(const std::string& name) {
  std::string pattern;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool is_number = std::isdigit(static_cast<unsigned char>(name[i])) != 0 && (i == 0 || pattern.ends_with('.'));
    if (!is_number) {
      pattern += name[i];
      continue;
    }
    pattern += '*';
    while (i + 1 < name.size() && std::isdigit(static_cast<unsigned char>(name[i + 1])) != 0) ++i;
  }
  return pattern;
}

void count_in(std::vector<TensorGroup>& groups, const std::string& name) {
  const std::string pattern = pattern_of(name);
  const auto found =
      std::find_if(groups.begin(), groups.end(), [&](const TensorGroup& group) { return group.pattern == pattern; });
  if (found == groups.end())
    groups.push_back({pattern, 1});
  else
    ++found->count;
}

std::int64_t total(const std::vector<TensorGroup>& groups) {
  std::int64_t sum = 0;
  for (const TensorGroup& group : groups) sum += group.count;
  return sum;
}

}  // namespace

ModelFolder open_model_folder(const std::filesystem::path& path) {
  ModelFolder folder{read_model_config(path), ModelWeights(path), {}, {}, {}};
  folder.warnings = folder.weights.oddities();
  add_prefixes(folder.weights, folder.config);
  const bool has_tied_head = folder.config.ties_embeddings;
  settle_tying(folder, path.string());
  check_weights(folder.weights, folder.config);
  const std::set<std::string> names = names_of(folder.config, folder.weights);
  for (const auto& [name, view] : folder.weights.tensors()) {
    if (names.contains(name) || (has_tied_head && name == kHead)) continue;
    count_in(name.find("rotary_emb.inv_freq") != std::string::npos ? folder.recomputed : folder.unused, name);
  }
  return folder;
}

void report_model_folder(const ModelFolder& folder, const std::string& fate, Log& log) {
  for (const std::string& warning : folder.warnings) log.warning(warning);
  const std::string where = folder.weights.files().front().parent_path().string();
  if (!folder.unused.empty())
    log.warning(fmt::format("{}: tensors that are not part of the model that config.json describes are {}: {}", where,
                            fate, to_text(folder.unused)));
  if (!folder.recomputed.empty())
    log.info(fmt::format("{}: {} of rotary frequencies {} computed from config.json instead: {}", where,
                         counted(total(folder.recomputed), "tensor"), is_or_are(total(folder.recomputed)),
                         to_text(folder.recomputed)));
}

std::string to_text(const std::vector<TensorGroup>& groups) {
  std::string text;
  for (std::size_t i = 0; i < std::min(groups.size(), kMaxGroups); ++i)
    text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", groups[i].pattern, groups[i].count);
  if (groups.size() > kMaxGroups) text += fmt::format(", and {} other names", groups.size() - kMaxGroups);
  return text;
}

}  // namespace intelia
