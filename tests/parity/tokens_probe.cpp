// Answers JSON requests on stdin with JSON results on stdout, one per line, so that the parity tests in Python can use
// lib/tokens and lib/tokenizer through their public interfaces.
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/sinks.hpp"
#include "inference/stop_ids.hpp"
#include "jinja/template.hpp"
#include "record/json.hpp"
#include "record/jsonl.hpp"
#include "tokens/dataset.hpp"
#include "tokens/encode.hpp"

namespace {

using namespace intelia;

struct Model {
  std::unique_ptr<Tokenizer> tokenizer;
  std::unique_ptr<ChatTemplate> chat_template;
};

/** By {"folder","rules"?}. */
Model& model_of(const std::string& folder, TokenizerRules rules = TokenizerRules::transformers) {
  static std::map<std::pair<std::string, TokenizerRules>, Model> models;
  Model& model = models[{folder, rules}];
  if (!model.tokenizer) model.tokenizer = Tokenizer::load(folder, rules);
  return model;
}

const ChatTemplate& template_of(const std::string& folder) {
  Model& model = model_of(folder);
  if (!model.chat_template) model.chat_template = std::make_unique<ChatTemplate>(ChatTemplate::load(folder));
  return *model.chat_template;
}

Conversation conversation_of(const Json& request) {
  Conversation record;
  if (const auto fault = parse_conversation(request.dump(), record)) throw Error(Kind::input, *fault);
  return record;
}

/** As in records; a role that records do not allow is passed on to the template. */
std::vector<Message> messages_of(const Json& request) {
  std::vector<Message> messages;
  for (Json message : request["messages"]) {
    Message& added = messages.emplace_back();
    added.role = message["role"];
    added.has_content = message.contains("content") && message["content"].is_string();
    if (added.has_content) added.content = message["content"];
    message.erase("role");
    message.erase("content");
    if (!message.empty()) added.more_json = message.dump();
  }
  return messages;
}

RenderOptions render_options(const Json& request) {
  RenderOptions options;
  options.date = request.value("date", "");
  if (request.contains("bos_token")) options.bos_token = request["bos_token"].get<std::string>();
  if (request.contains("eos_token")) options.eos_token = request["eos_token"].get<std::string>();
  if (request.contains("tools") && !request["tools"].is_null()) options.tools_json = request["tools"].dump();
  if (request.contains("documents") && !request["documents"].is_null())
    options.documents_json = request["documents"].dump();
  if (request.contains("variables")) options.variables_json = request["variables"].dump();
  return options;
}

Json ranges_json(const std::vector<ByteRange>& ranges) {
  Json list = Json::array();
  for (const ByteRange& range : ranges) list.push_back({range.begin, range.end});
  return list;
}

/** [year, month, day] or "2026-11-21T10:58:03". */
jinja::DateTime date_of(const Json& date) {
  if (date.is_array()) return {date[0], date[1], date[2], 0, 0, 0};
  const std::string text = date;
  const auto part = [&](std::size_t at, std::size_t length) { return std::stoi(text.substr(at, length)); };
  return {part(0, 4), part(5, 2), part(8, 2), part(11, 2), part(14, 2), part(17, 2)};
}

/** {"template","vars"?,"messages"?,"tools"?,"documents"?,"date"?}: only the language. */
Json render_jinja(const Json& request) {
  const jinja::Template chat_template(request["template"].get<std::string>(), "template");
  jinja::Input input;
  if (request.contains("vars")) {
    for (const auto& [name, value] : request["vars"].items()) input.variables.push_back({name, value});
  }
  if (request.contains("messages")) input.messages = request["messages"];
  if (request.contains("tools") && !request["tools"].is_null()) input.tools = request["tools"];
  if (request.contains("documents") && !request["documents"].is_null()) input.documents = request["documents"];
  if (request.contains("date")) input.now = date_of(request["date"]);
  jinja::Budget budget;
  budget.max_steps = request.value("max_steps", budget.max_steps);
  const jinja::Output output = chat_template.render(input, budget);
  Json generation = Json::array();
  for (const auto& [begin, end] : output.generation) generation.push_back({begin, end});
  return {{"text", output.text.bytes}, {"generation", generation}};
}

/** The template of {"folder"}, or of {"source"} with BOS and EOS as in the tests. */
const ChatTemplate& requested_template(const Json& request) {
  if (!request.contains("source")) return template_of(request["folder"]);
  static std::map<std::string, std::unique_ptr<ChatTemplate>> templates;
  const std::string source = request["source"];
  std::unique_ptr<ChatTemplate>& made = templates[source];
  if (!made)
    made = std::make_unique<ChatTemplate>(
        source, "template", std::map<std::string, std::string>{{"bos_token", "<s>"}, {"eos_token", "</s>"}});
  return *made;
}

Json render(const Json& request) {
  const ChatTemplate& chat_template = requested_template(request);
  const Rendered rendered =
      request.value("continue_final_message", false)
          ? chat_template.render_to_continue(messages_of(request), render_options(request))
          : chat_template.render(messages_of(request), request.value("add_generation_prompt", false),
                                 render_options(request));
  return {{"text", rendered.text},
          {"content", ranges_json(rendered.content_ranges())},
          {"generation", ranges_json(rendered.generation)}};
}

Json encode(const Json& request) {
  const bool is_of_file = request.value("rules", "") == "file";
  const Tokenizer& tokenizer =
      *model_of(request["folder"], is_of_file ? TokenizerRules::file : TokenizerRules::transformers).tokenizer;
  const std::string text = request["text"];
  const SpecialTokens special{request.value("parse", false), request.value("add", false)};
  const Encoding encoding = tokenizer.encode_with_ranges(text, special);
  if (tokenizer.encode(text, special) != encoding.ids)
    throw Error(Kind::internal, "encode and encode_with_ranges differ");
  return {{"ids", encoding.ids}, {"ranges", ranges_json(encoding.ranges)}};
}

/** {"folder","texts","ids"}: the texts of one file, each after its length in 32 bits, to another, each text's ids after
 * their number. */
Json encode_file(const Json& request) {
  const Tokenizer& tokenizer = *model_of(request["folder"]).tokenizer;
  const std::string texts = read_file(request["texts"].get<std::string>());
  std::ofstream out(request["ids"].get<std::string>(), std::ios::binary);
  for (std::size_t place = 0; place < texts.size();) {
    std::uint32_t num_bytes = 0;
    std::memcpy(&num_bytes, texts.data() + place, sizeof num_bytes);
    place += sizeof num_bytes;
    const std::vector<std::int32_t> ids = tokenizer.encode(
        std::string_view(texts).substr(place, num_bytes), {request.value("parse", false), request.value("add", false)});
    place += num_bytes;
    const auto count = static_cast<std::int32_t>(ids.size());
    out.write(reinterpret_cast<const char*>(&count), sizeof count);
    out.write(reinterpret_cast<const char*>(ids.data()),
              static_cast<std::streamsize>(ids.size() * sizeof(std::int32_t)));
  }
  return {{"bytes", texts.size()}};
}

Json decode(const Json& request) {
  const auto ids = request["ids"].get<std::vector<std::int32_t>>();
  return {{"text", model_of(request["folder"]).tokenizer->decode(ids, request.value("skip_special", false))}};
}

Json conversation(const Json& request) {
  const Conversation record = conversation_of(request);
  const std::string folder = request["folder"];
  const EncodedConversation encoded =
      encode_conversation(*model_of(folder).tokenizer, template_of(folder), record,
                          {render_options(request), request.value("max_length", std::int64_t{0})});
  return {{"ids", encoded.tokens.ids},
          {"is_target", encoded.tokens.is_target},
          {"is_truncated", encoded.is_truncated},
          {"num_targets", encoded.num_targets},
          {"target_bytes", encoded.target_bytes}};
}

Json preference(const Json& request) {
  Preference record;
  if (const auto fault = parse_preference(request["record"].dump(), record)) throw Error(Kind::input, *fault);
  const std::string folder = request["folder"];
  const EncodedPreference encoded =
      encode_preference(*model_of(folder).tokenizer, template_of(folder), record,
                        {render_options(request), request.value("max_length", std::int64_t{0})});
  return {{"prompt", encoded.prompt},
          {"chosen", encoded.chosen},
          {"rejected", encoded.rejected},
          {"lost", encoded.num_lost_prompt_tokens}};
}

Json dataset(const Json& request) {
  const std::string folder = request["folder"];
  SilentSinks silent;
  Rejects rejects({1.0, false}, silent.sinks().log);
  const TokenizedDataset data(request["path"].get<std::string>(), *model_of(folder).tokenizer, template_of(folder),
                              {render_options(request), request.value("max_length", std::int64_t{0})}, rejects,
                              silent.sinks(), {request.value("cache", "")});
  Json samples = Json::array();
  for (std::int64_t i = 0; i < data.size(); ++i) {
    const TokenSample sample = data.at(i);
    samples.push_back({{"ids", sample.ids},
                       {"is_target", sample.is_target},
                       {"id", data.id_of(i)},
                       {"language", data.language_of(i)}});
  }
  return {{"samples", samples},
          {"truncated", data.num_truncated()},
          {"without_target", data.num_without_target()},
          {"rejected", rejects.count()},
          {"sha256", data.content_sha256()}};
}

/** Seconds of the fastest of {"repeat"} passes over the file's conversations on this thread, and the ids of them all.
 */
Json time_conversations(const Json& request) {
  const std::string folder = request["folder"];
  const Tokenizer& tokenizer = *model_of(folder).tokenizer;
  const ChatTemplate& chat_template = template_of(folder);
  std::vector<Conversation> records;
  SilentSinks silent;
  Rejects rejects({0.0, true}, silent.sinks().log);
  read_conversations(request["path"].get<std::string>(), rejects, silent.sinks().stop,
                     [&](Conversation&& record, std::int64_t) { records.push_back(std::move(record)); });
  const EncodeOptions options{.render = render_options(request)};
  Json ids = Json::array();
  double render_seconds = 1e9, seconds = 1e9;
  for (int pass = 0; pass < request.value("repeat", 3); ++pass) {
    std::vector<EncodedConversation> encoded;
    encoded.reserve(records.size());
    double begin = monotonic_seconds();
    for (const Conversation& record : records)
      encoded.push_back(encode_conversation(tokenizer, chat_template, record, options));
    seconds = std::min(seconds, monotonic_seconds() - begin);
    if (pass == 0) {
      for (const EncodedConversation& record : encoded) ids.push_back(record.tokens.ids);
    }
    begin = monotonic_seconds();
    std::size_t num_bytes = 0;
    for (const Conversation& record : records)
      num_bytes += chat_template.render_turns(record.messages, options.render).text.size();
    if (num_bytes > 0) render_seconds = std::min(render_seconds, monotonic_seconds() - begin);
  }
  return {{"ids", ids}, {"seconds", seconds}, {"render_seconds", render_seconds}};
}

Json about(const Json& request) {
  const std::string folder = request["folder"];
  const Tokenizer& tokenizer = *model_of(folder).tokenizer;
  const auto id = [](const std::optional<std::int32_t>& value) { return value ? Json(*value) : Json(nullptr); };
  Json result = {{"vocabulary_size", tokenizer.vocabulary_size()},
                 {"bos", id(tokenizer.bos_id())},
                 {"eos", id(tokenizer.eos_id())},
                 {"pad", id(tokenizer.pad_id())},
                 {"sha256", tokenizer.sha256()}};
  if (request.value("stop_ids", false))
    result["stop_ids"] = stop_ids(tokenizer, template_of(folder), folder, render_options(request));
  return result;
}

Json answer(const Json& request) {
  const std::string what = request["do"];
  if (what == "jinja") return render_jinja(request);
  if (what == "render") return render(request);
  if (what == "encode") return encode(request);
  if (what == "encode_file") return encode_file(request);
  if (what == "decode") return decode(request);
  if (what == "conversation") return conversation(request);
  if (what == "prompt") {
    const std::string folder = request["folder"];
    return {{"ids", encode_prompt(*model_of(folder).tokenizer, template_of(folder), messages_of(request),
                                  render_options(request))}};
  }
  if (what == "preference") return preference(request);
  if (what == "dataset") return dataset(request);
  if (what == "time_conversations") return time_conversations(request);
  if (what == "about") return about(request);
  throw Error(Kind::usage, "unknown request " + what);
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    Json result;
    try {
      result = answer(Json::parse(line));
    } catch (const std::exception& error) {
      result = {{"error", error.what()}};
    }
    std::cout << result.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n' << std::flush;
  }
}
