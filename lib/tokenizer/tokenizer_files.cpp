// See tokenizer_files.hpp.
#include "tokenizer/tokenizer_files.hpp"

#include <algorithm>
#include <charconv>

#include "base/checked_cast.hpp"
#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "record/json.hpp"

namespace intelia {

namespace {

// PreTrainedTokenizerBase.SPECIAL_TOKENS_ATTRIBUTES
constexpr const char* kSpecialNames[] = {"bos_token", "eos_token", "unk_token", "sep_token",
                                         "pad_token", "cls_token", "mask_token"};

AddedToken added_token(std::int32_t id, const Json& value) {
  AddedToken token;
  token.id = id;
  token.content = value.value("content", "");
  token.is_special = value.value("special", false);
  token.strips_left = value.value("lstrip", false);
  token.strips_right = value.value("rstrip", false);
  token.is_single_word = value.value("single_word", false);
  token.is_normalized = value.value("normalized", !token.is_special);
  return token;
}

/** A special token as configuration files write it: its text, or an object with flags. */
std::optional<AddedToken> special_token(const Json& value) {
  const auto text = special_token_text(value);
  if (!text) return std::nullopt;
  AddedToken token = added_token(-1, value.is_object() ? value : Json{{"content", *text}, {"special", true}});
  token.is_special = true;
  return token;
}

std::optional<bool> flag(const Json& json, const char* name) {
  if (!json.contains(name) || !json[name].is_boolean()) return std::nullopt;
  return json[name].get<bool>();
}

/** Reads the files as PreTrainedTokenizerBase._from_pretrained does (transformers 5.23). */
class ConfigReader {
 public:
  explicit ConfigReader(const std::filesystem::path& folder) : folder_(folder) {}

  TokenizerConfig read(TokenizerRules rules) {
    try {
      settings_ = read_object("tokenizer_config.json");
      const Json map = read_object("special_tokens_map.json"), added = read_object("added_tokens.json");
      config_.add_bos_token = flag(settings_, "add_bos_token");
      config_.add_eos_token = flag(settings_, "add_eos_token");
      config_.legacy = flag(settings_, "legacy");
      config_.add_prefix_space = flag(settings_, "add_prefix_space");
      config_.has_added_tokens_decoder = settings_.contains("added_tokens_decoder");
      if (!config_.has_added_tokens_decoder)  // the files of earlier versions
        for (const auto& [key, value] : map.items()) settings_[key] = value;
      choose_class(rules);
      read_special_tokens();
      if (config_.has_added_tokens_decoder)
        read_decoder();
      else
        read_legacy_added_tokens(added);
      const auto by_id = [](const AddedToken& a, const AddedToken& b) { return a.id < b.id; };
      std::stable_sort(config_.added_tokens.begin(), config_.added_tokens.end(), by_id);
      if (config_.tokenizer_class != TokenizerClass::file)
        config_.parts = tokenizer_parts(config_.tokenizer_class, settings_, config_.names["unk_token"]);
    } catch (const Json::exception& error) {
      throw Error(Kind::input, folder_.string() + ": the tokenizer's configuration is malformed: " + error.what());
    }
    return std::move(config_);
  }

 private:
  Json read_object(const char* name) {
    const std::filesystem::path path = folder_ / name;
    if (path_type(path) == PathType::missing) return Json::object();
    const std::string bytes = read_member(folder_, name);
    config_.bytes += bytes;
    Json json = parse_json(bytes, path.string());
    if (!json.is_object()) throw Error(Kind::input, path.string() + ": expected a JSON object");
    return json;
  }

  void choose_class(TokenizerRules rules) {
    if (rules == TokenizerRules::file) {
      config_.bytes += "rules of the file";
      return;
    }
    config_.tokenizer_class = tokenizer_class_of(folder_, settings_);
    if (config_.tokenizer_class != TokenizerClass::file)
      config_.bytes += "rules of class " + std::to_string(static_cast<int>(config_.tokenizer_class));
  }

  void add_name(const std::string& name, const AddedToken& token) {
    if (config_.names.try_emplace(name, token.content).second) config_.special_tokens.push_back(token);
  }

  /** bos_token and its like, other names that end so, those of extra_special_tokens, and the class' own. */
  void read_special_tokens() {
    const auto defaults = default_special_tokens(config_.tokenizer_class);
    const auto take = [&](const std::string& name) {
      if (settings_.contains(name)) {
        if (const auto token = special_token(settings_[name])) add_name(name, *token);
        return;
      }
      for (const auto& [known, text] : defaults)
        if (known == name) add_name(name, *special_token(text));
    };
    for (const char* name : kSpecialNames) take(name);
    for (const auto& [name, text] : defaults) take(name);
    for (const auto& [name, value] : settings_.items())
      if (name.ends_with("_token")) take(name);
    const auto has_some = [&](const char* key) { return settings_.contains(key) && !settings_[key].empty(); };
    const char* key = has_some("extra_special_tokens") ? "extra_special_tokens" : "additional_special_tokens";
    if (!has_some(key)) return;
    if (settings_[key].is_object()) {
      for (const auto& [name, value] : settings_[key].items())
        if (const auto token = special_token(value)) add_name(name, *token);
    } else if (settings_[key].is_array()) {
      for (const Json& value : settings_[key]) {
        auto token = special_token(value);
        if (!token) continue;
        if (value.is_object()) token->is_special = value.value("special", false) || is_named(token->content);
        config_.special_tokens.push_back(std::move(*token));
      }
    }
  }

  bool is_named(const std::string& content) const {
    return std::any_of(config_.names.begin(), config_.names.end(),
                       [&](const auto& entry) { return entry.second == content; });
  }

  void read_decoder() {
    for (const auto& [key, value] : settings_["added_tokens_decoder"].items()) {
      std::int32_t id = -1;
      const auto parsed = std::from_chars(key.data(), key.data() + key.size(), id);
      if (parsed.ptr != key.data() + key.size() || id < 0)
        throw Error(Kind::input, "added_tokens_decoder: '" + key + "' is not an id");
      config_.added_tokens.push_back(added_token(id, value));
    }
  }

  void read_legacy_added_tokens(const Json& added) {
    for (const auto& [content, id] : added.items()) {
      if (!id.is_number_integer()) continue;
      const bool is_special =
          std::any_of(config_.special_tokens.begin(), config_.special_tokens.end(),
                      [&content = content](const AddedToken& token) { return token.content == content; });
      config_.added_tokens.push_back(
          added_token(checked_cast<std::int32_t>(id.get<std::int64_t>(), "an id of added_tokens.json"),
                      {{"content", content}, {"special", is_special}}));
    }
  }

  const std::filesystem::path& folder_;
  Json settings_;
  TokenizerConfig config_;
};

}  // namespace

std::optional<std::string> special_token_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object() && value.contains("content") && value["content"].is_string())
    return value["content"].get<std::string>();
  return std::nullopt;
}

TokenizerConfig read_tokenizer_config(const std::filesystem::path& folder, TokenizerRules rules) {
  return ConfigReader(folder).read(rules);
}

}  // namespace intelia
