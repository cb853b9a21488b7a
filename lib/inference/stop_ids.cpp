#include "inference/stop_ids.hpp"

#include <set>

#include "base/checked_cast.hpp"
#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "record/json.hpp"
#include "tokens/turns.hpp"

namespace intelia {

namespace {

void collect_eos(const std::filesystem::path& path, std::set<std::int32_t>& ids) {
  if (!is_file(path)) return;
  const Json json = parse_json(read_member(path.parent_path(), path.filename()), path.string());
  if (!json.is_object() || !json.contains("eos_token_id")) return;
  const Json& value = json["eos_token_id"];
  for (const Json& id : value.is_array() ? value : Json::array({value})) {
    if (id.is_number_integer()) ids.insert(checked_cast<std::int32_t>(id.get<std::int64_t>(), "eos_token_id"));
  }
}

}  // namespace

std::vector<std::int32_t> stop_ids(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                   const std::filesystem::path& folder, const RenderOptions& options) {
  std::set<std::int32_t> ids;
  collect_eos(folder / "generation_config.json", ids);
  collect_eos(folder / "config.json", ids);
  if (tokenizer.eos_id()) ids.insert(*tokenizer.eos_id());
  const std::vector<Message> turn = {{"user", "a"}, {"assistant", "b"}};
  try {
    const Rendered rendered = chat_template.render(turn, false, options);
    const Encoding encoding = encode_rendered(tokenizer, rendered);
    if (const auto end = end_of_turn(tokenizer, encoding, ContentBounds(rendered, turn.size()), 1, 0))
      ids.insert(encoding.ids[*end]);
  } catch (const Error& error) {
    // If the template raises an error for this minimal conversation, the model's eos_token_id remains.
    if (error.kind() != Kind::input || ids.empty()) throw;
  }
  return {ids.begin(), ids.end()};
}

}  // namespace intelia
