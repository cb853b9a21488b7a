// See tokenizer_files.hpp.
#include "tokenizer/tokenizer_files.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "record/json.hpp"

namespace intelia {

namespace {

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

}  // namespace

std::optional<std::string> special_token_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object() && value.contains("content") && value["content"].is_string())
    return value["content"].get<std::string>();
  return std::nullopt;
}

TokenizerConfig read_tokenizer_config(const std::filesystem::path& folder) {
  TokenizerConfig config;
  const auto read = [&](const char* name) -> Json {
    const std::filesystem::path path = folder / name;
    if (path_type(path) == PathType::missing) return Json::object();
    const std::string bytes = read_member(folder, name);
    config.bytes += bytes;
    Json json = parse_json(bytes, path.string());
    if (!json.is_object()) throw Error(Kind::input, path.string() + ": expected a JSON object");
    return json;
  };
  const auto take_names = [&](const Json& json) {
    for (const char* name : {"bos_token", "eos_token", "pad_token", "unk_token"}) {
      if (!json.contains(name)) continue;
      if (const auto text = special_token_text(json[name])) config.names.try_emplace(name, *text);
    }
  };
  const auto flag = [](const Json& json, const char* name) -> std::optional<bool> {
    if (!json.contains(name) || !json[name].is_boolean()) return std::nullopt;
    return json[name].get<bool>();
  };
  try {
    const Json main = read("tokenizer_config.json");
    take_names(main);
    config.add_bos_token = flag(main, "add_bos_token");
    config.add_eos_token = flag(main, "add_eos_token");
    config.legacy = flag(main, "legacy");
    config.add_prefix_space = flag(main, "add_prefix_space");
    const auto take_added = [&](const std::string& key, const Json& value) {
      std::int32_t id = -1;
      const auto parsed = std::from_chars(key.data(), key.data() + key.size(), id);
      if (parsed.ptr != key.data() + key.size() || id < 0)
        throw Error(Kind::input, "added_tokens_decoder: '" + key + "' is not an id");
      config.added_tokens.push_back(added_token(id, value));
    };
    if (main.contains("added_tokens_decoder")) {
      for (const auto& [key, value] : main["added_tokens_decoder"].items()) take_added(key, value);
    }
    take_names(read("special_tokens_map.json"));
    const Json added = read("added_tokens.json");
    for (const auto& [content, id] : added.items()) {
      const bool is_known =
          std::any_of(config.added_tokens.begin(), config.added_tokens.end(),
                      [&content = content](const AddedToken& token) { return token.content == content; });
      if (!is_known && id.is_number_integer())
        config.added_tokens.push_back(added_token(id.get<std::int32_t>(), {{"content", content}}));
    }
  } catch (const Json::exception& error) {
    throw Error(Kind::input, folder.string() + ": the tokenizer's configuration is malformed: " + error.what());
  }
  return config;
}

}  // namespace intelia
