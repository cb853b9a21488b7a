// See post_processor.hpp.
#include "tokenizer/post_processor.hpp"

#include <fmt/format.h>

#include "base/checked_cast.hpp"
#include "base/error.hpp"
#include "base/excerpt.hpp"

namespace intelia {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;

std::int32_t id_in(const element& value) {
  return checked_cast<std::int32_t>(std::int64_t(value), "a token id of the post-processor");
}

/** The field `name` of BertProcessing and RobertaProcessing: [token, id]. */
std::int32_t framing_id(const JsonObject& part, std::string_view name) { return id_in(array(part[name]).at(1)); }

std::vector<std::int32_t> template_ids(const JsonObject& part, std::string_view name) {
  JsonObject token;
  if (part["special_tokens"][name].get(token) != simdjson::SUCCESS) {
    throw Error(Kind::input,
                fmt::format("the post-processor names '{}', which is not among its special_tokens", excerpt(name)));
  }
  std::vector<std::int32_t> ids;
  for (const element id : array(token["ids"])) ids.push_back(id_in(id));
  return ids;
}

FrameIds read_template(const JsonObject& part) {
  constexpr std::size_t kMaxAdded = 1000;  // to each text
  FrameIds frame;
  bool is_after = false;
  const array pieces = part["single"];
  if (pieces.size() > kMaxAdded) refuse(fmt::format("a post-processor template of more than {} pieces", kMaxAdded));
  for (const element item : pieces) {
    JsonObject entry;
    if (item["Sequence"].get(entry) == simdjson::SUCCESS) {
      if (is_after) refuse("a post-processor template that repeats its sequence");
      if (text_at(entry, "id", "") != "A") refuse("a post-processor template for one text that names another");
      is_after = true;
      continue;
    }
    entry = item["SpecialToken"];
    const std::vector<std::int32_t> ids = template_ids(part, entry["id"]);
    std::vector<std::int32_t>& added = is_after ? frame.suffix : frame.prefix;
    if (frame.prefix.size() + frame.suffix.size() + ids.size() > kMaxAdded)
      refuse(fmt::format("a post-processor template that adds more than {} tokens to a text", kMaxAdded));
    added.insert(added.end(), ids.begin(), ids.end());
  }
  if (!is_after) refuse("a post-processor template without its sequence");
  return frame;
}

FrameIds read_frame(const JsonObject& part) {
  const std::string type = text_at(part, "type", "");
  if (type == "TemplateProcessing") return read_template(part);
  if (type == "BertProcessing" || type == "RobertaProcessing") {
    return {{framing_id(part, "cls")}, {framing_id(part, "sep")}};
  }
  refuse("the post-processor " + type);
}

}  // namespace

FrameIds read_post_processor(const JsonObject& file) {
  FrameIds frame;
  bool has_frame = false;
  if (is_null(file, "post_processor")) return frame;
  for_each_part(file["post_processor"], "processors", [&](const JsonObject& part) {
    if (text_at(part, "type", "") == "ByteLevel") return;  // trims offsets only
    if (has_frame) refuse("a sequence of several framing post-processors");
    frame = read_frame(part);
    has_frame = true;
  });
  return frame;
}

}  // namespace intelia
