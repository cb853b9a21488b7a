// The Modelfile with which Ollama runs a GGUF file: the chat template as a Go template, and the texts that end an
// answer.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/sinks.hpp"
#include "tokenizer/tokenizer.hpp"
#include "tokens/chat_template.hpp"

namespace intelia {

/**
 * The Go template that renders conversations of system, user and assistant messages as `chat_template` does, without
 * BOS; nothing when the template is not of the form "text before and after each message by its role", which is found
 * out by rendering conversations.
 */
std::optional<std::string> ollama_template(const ChatTemplate& chat_template, const std::string& bos_text);

/** The whole file for the GGUF file `gguf_name` beside it. Warns where the template has no equivalent. */
std::string modelfile(const std::string& gguf_name, const std::filesystem::path& tokenizer_folder,
                      const std::filesystem::path& model, Log& log);

}  // namespace intelia
