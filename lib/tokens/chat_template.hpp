// A model folder's chat template: renders messages as the text the model was trained on, with the source of each
// character. Knows the folder's files and transformers' rules for calling a template; the language is lib/jinja's.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/message.hpp"
#include "tokenizer/tokenizer.hpp"

namespace intelia {

namespace jinja {
class Template;
struct Output;
}  // namespace jinja

struct RenderOptions {
  std::string date =
      {};  // "2026-11-21" or "2026-11-21T10:58:03Z": what strftime_now sees; empty: strftime_now is not defined
  std::optional<std::string> bos_token, eos_token;  // nothing: those of the folder
  std::string tools_json = {};                      // a JSON array of tools, or empty
  std::string documents_json = {};                  // a JSON array of documents, or empty
  std::string variables_json = {};  // an object of what else the template may read ("enable_thinking"), or empty
};

/** Throws Error{usage} unless `date` is empty or in a form that RenderOptions::date accepts. */
void check_date(const std::string& date);

/** `options` for a record: its own list of tools, if it has one, replaces theirs, and each of its variables the one of
   the same name. */
RenderOptions with_inputs(RenderOptions options, const TemplateInputs& inputs);

/** Bytes of a rendered text that come from message number `message` (-1: from the tools). */
struct ContentRange {
  ByteRange bytes;
  std::int32_t message = -1;
};

/** An assistant turn in a rendered text. */
struct AssistantTurn {
  std::int32_t message = 0;
  std::size_t begin = 0;       // where the generation prompt before it ends
  std::size_t proven_end = 0;  // up to here the text is the same when the conversation ends with this turn
  bool has_prompt = true;      // whether the text begins with the turn's prompt; else begin and proven_end are 0
};

struct Rendered {
  std::string text;
  std::vector<ContentRange> content;  // sorted, not overlapping
  std::vector<ByteRange> generation;  // of {% generation %} blocks, in order of their ends
  std::vector<AssistantTurn> turns;   // of render_turns
  std::vector<ByteRange> content_ranges() const;
};

class RenderingPlans;

/** The sources of a folder's chat templates by name, of which one may be "default"; empty without any. */
std::map<std::string, std::string> chat_template_sources(const std::filesystem::path& folder);

/** The named templates of a folder, sorted: "additional_chat_templates/tool_use.jinja". */
std::vector<std::string> named_template_files(const std::filesystem::path& folder);

/**
 * Thread-safe. What one rendering reveals about a template speeds up the next (rendering_plan.hpp) and does not change
 * results.
 */
class ChatTemplate {
 public:
  /**
   * The templates of `folder`: chat_template.jinja and those of additional_chat_templates, else chat_template of
   * tokenizer_config.json (a string, or a list of named ones). As in transformers, conversations with tools are
   * rendered by the one named "tool_use", if there is one, others by the one named "default". Throws Error{input} when
   * there is none or it cannot be parsed.
   */
  static ChatTemplate load(const std::filesystem::path& folder, TokenizerRules rules = TokenizerRules::transformers);
  /** From its source; `name` is for messages. */
  ChatTemplate(std::string_view source, const std::string& name,
               std::map<std::string, std::string> special_tokens = {});

  /**
   * As transformers' apply_chat_template(tokenize=False). Throws Error{input}: the template's own message when it calls
   * raise_exception, an undefined name or unsupported feature, or an exceeded limit of steps, depth or output.
   */
  Rendered render(const std::vector<Message>& messages, bool add_generation_prompt,
                  const RenderOptions& options = {}) const;

  /**
   * As apply_chat_template(continue_final_message=True): the text up to the end of the last message's content, for a
   * model to continue it. Throws Error{input} as render, and with transformers' messages where there is no such
   * position.
   */
  Rendered render_to_continue(const std::vector<Message>& messages, const RenderOptions& options = {}) const;

  /** A whole conversation, without generation prompt, and its assistant turns. Throws Error{input} as render. */
  Rendered render_turns(const std::vector<Message>& messages, const RenderOptions& options = {}) const;

  /** Whether it uses the current date (strftime_now), which is undefined unless a date is given: the clock is not read.
   */
  bool reads_date() const;
  /** Whether it marks the trained text of conversations, with or without tools, with {% generation %}. */
  bool has_generation_markers(bool with_tools = false) const;
  /** Of the template's source and the special tokens it receives. */
  const std::string& sha256() const { return sha256_; }

 private:
  jinja::Output run(std::span<const Message> messages, bool add_generation_prompt, const RenderOptions& options,
                    bool is_traced) const;

  /** One parsed source. */
  struct Source {
    Source(std::string_view source, const std::string& name);
    std::shared_ptr<const jinja::Template> parsed;
    bool mentions_content = false;
  };
  const Source& source_for(bool with_tools) const { return with_tools && for_tools_ ? *for_tools_ : usual_; }

  Source usual_;
  std::optional<Source> for_tools_;                    // the one named "tool_use"
  std::map<std::string, std::string> special_tokens_;  // bos_token, eos_token, … as the template sees them
  std::string sha256_;
  std::shared_ptr<RenderingPlans> plans_;
};

}  // namespace intelia
