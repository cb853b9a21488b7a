// A model folder's chat template: messages → the text the model was trained to see, with the origin of each character.
// Knows the folder's files and transformers' rules for calling a template; the language itself is in jinja.hpp.
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

/** `options` for a record: its own list of tools, where it has one, takes the place of theirs. */
RenderOptions with_tools(RenderOptions options, const std::string& tools_json);

/** Bytes of a rendered text that came out of message number `message` (or, -1, of the tools). */
struct ContentRange {
  ByteRange bytes;
  std::int32_t message = -1;
};

/** An assistant's turn in a rendered text. */
struct AssistantTurn {
  std::int32_t message = 0;
  std::size_t begin = 0;       // where the generation prompt before it ends
  std::size_t proven_end = 0;  // up to here the text is the same when the conversation ends with this turn
};

struct Rendered {
  std::string text;
  std::vector<ContentRange> content;  // sorted, not overlapping
  std::vector<ByteRange> generation;  // of {% generation %} blocks, in order of their ends
  std::vector<AssistantTurn> turns;   // of render_turns
  std::vector<ByteRange> content_ranges() const;
};

class RenderingPlans;

/**
 * Several threads may use one ChatTemplate. What one rendering shows of a template is used for the next
 * (rendering_plan.hpp): the results are the same as without.
 */
class ChatTemplate {
 public:
  /**
   * chat_template.jinja of `folder`, else chat_template of tokenizer_config.json (a string, or the one named "default"
   * of a list). Throws Error{input} when there is none or it cannot be parsed.
   */
  static ChatTemplate load(const std::filesystem::path& folder);
  /** From its source; `name` is for messages. */
  ChatTemplate(std::string_view source, const std::string& name,
               std::map<std::string, std::string> special_tokens = {});

  /**
   * What transformers' apply_chat_template(tokenize=False) gives. Throws Error{input}: the template's own words when it
   * calls raise_exception, or what it lacks, or that it used up its budget of steps, depth or output.
   */
  Rendered render(const std::vector<Message>& messages, bool add_generation_prompt,
                  const RenderOptions& options = {}) const;

  /**
   * What apply_chat_template(continue_final_message=True) gives: the text up to the end of the last message's content,
   * for a model to go on with it. Throws Error{input} as render, and in transformers' words where there is no such
   * place.
   */
  Rendered render_to_continue(const std::vector<Message>& messages, const RenderOptions& options = {}) const;

  /**
   * A whole conversation, without generation prompt, and its assistant's turns as generation would have met them: what
   * stands before a turn is what the template writes as its prompt. Throws Error{input} where that does not hold.
   */
  Rendered render_turns(const std::vector<Message>& messages, const RenderOptions& options = {}) const;

  /** Whether it asks for the date (strftime_now). Without a date it is not defined: nothing here reads the clock. */
  bool reads_date() const;
  /** Whether it marks the trained text with {% generation %}. */
  bool has_generation_markers() const;
  /** Of the template's source and the special tokens it is given. */
  const std::string& sha256() const { return sha256_; }

 private:
  jinja::Output run(std::span<const Message> messages, bool add_generation_prompt, const RenderOptions& options,
                    bool is_traced) const;

  std::string name_;
  std::shared_ptr<const jinja::Template> template_;
  std::map<std::string, std::string> special_tokens_;  // bos_token, eos_token, … as the template sees them
  std::string sha256_;
  bool mentions_content_ = false;
  std::shared_ptr<RenderingPlans> plans_;
};

}  // namespace intelia
