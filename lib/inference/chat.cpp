#include "inference/chat.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <exception>
#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "engine/sampling.hpp"
#include "inference/answer_text.hpp"
#include "inference/provenance.hpp"
#include "record/json.hpp"
#include "record/json_line.hpp"
#include "record/jsonl.hpp"
#include "record/manifest.hpp"
#include "tokens/encode.hpp"
#include "tokens/turns.hpp"

namespace intelia {

namespace fs = std::filesystem;

void check(const ChatSettings& settings) {
  check(settings.sampling);
  check_stop_strings(settings.stop_strings);
}

namespace {

/** One prompt, and the answer to it as it grows. */
class AnswerClient final : public GenerationClient {
 public:
  AnswerClient(const PromptIds& prompt, const Tokenizer& tokenizer, const std::vector<std::string>& stop_strings,
               const std::function<void(std::string_view)>& show)
      : prompt_(prompt), text_(tokenizer, stop_strings), show_(show) {}

  std::optional<GenerationRequest> next() override {
    if (std::exchange(is_taken_, true)) return std::nullopt;
    return GenerationRequest{prompt_};
  }
  bool add(std::int64_t, std::int32_t id) override {
    if (tokens_.ids.empty()) first_seconds_ = monotonic_seconds() - started_;
    tokens_.ids.push_back(id);
    show(text_.add(id));
    return text_.is_stopped() || failure_ != nullptr;
  }
  void finish(std::int64_t, GeneratedTokens&& tokens) override {
    tokens_ = std::move(tokens);
    show(text_.finish());
  }

  /** Throws what `show` threw. */
  void check_shown() const {
    if (failure_ != nullptr) std::rethrow_exception(failure_);
  }
  GeneratedTokens& tokens() { return tokens_; }
  const std::string& shown() const { return shown_; }
  double first_seconds() const { return first_seconds_; }
  double seconds() const { return monotonic_seconds() - started_; }

 private:
  /** An exception must not go through the engine, which would take it for its own. */
  void show(const std::string& part) {
    if (part.empty() || failure_ != nullptr) return;
    try {
      show_(part);
      shown_ += part;
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  const PromptIds& prompt_;
  AnswerText text_;
  const std::function<void(std::string_view)>& show_;
  bool is_taken_ = false;
  GeneratedTokens tokens_;  // while it grows: the ids alone
  std::string shown_;
  std::exception_ptr failure_;
  double started_ = monotonic_seconds(), first_seconds_ = 0;
};

/** SettingError{usage} when `text`'s template refuses a system prompt, or leaves it out. */
void check_system(const TextSide& text, const std::string& system, const RenderOptions& options) {
  if (system.empty()) return;
  const auto fail = [&](const std::string& why) {
    throw SettingError(Kind::usage, "system",
                       fmt::format("the chat template of '{}' takes no system prompt: {}", text.folder.string(), why));
  };
  Rendered rendered;
  const std::vector<Message> messages = {{"system", system}, {"user", "a"}};
  if (const auto refusal = refusal_of([&] { rendered = text.chat_template.render(messages, true, options); }))
    fail(*refusal);
  for (const ContentRange& range : rendered.content)
    if (range.message == 0) return;
  if (rendered.text.find(system) == std::string::npos) fail("it leaves the text out");
}

}  // namespace

void check_chat(const ChatSettings& settings, Log& log) {
  check(settings);
  const TextSide text = load_text_side(settings.model.model, settings.tokenizer_rules, settings.model.adapter);
  check_adapter(
      settings.model, [&] { return describe_folder(settings.model.model); }, text, log);
  check_system(text, settings.system, {.date = settings.date});
}

struct Chat::Loaded {
  TextSide text;
  std::unique_ptr<LoadedModel> model;
  Generator generator;

  Loaded(const ChatSettings& settings, const ModelSettings& loaded, const RenderOptions& options, const Sinks& sinks)
      : text(load_text_side(loaded.model, settings.tokenizer_rules, loaded.adapter)),
        model(load_checked(settings, loaded, options, sinks)),
        generator(text, *model, options) {}

  std::unique_ptr<LoadedModel> load_checked(const ChatSettings& settings, const ModelSettings& loaded,
                                            const RenderOptions& options, const Sinks& sinks) const {
    check_system(text, settings.system, options);
    check_adapter(
        loaded, [&] { return describe_folder(loaded.model); }, text, sinks.log);
    return load_engine().load(loaded, sinks);
  }
};

Chat::Chat(ChatSettings settings, const Sinks& sinks) : settings_(std::move(settings)), sinks_(sinks) {
  check(settings_);
  loaded_ = load(settings_.model);
}

Chat::~Chat() = default;

std::unique_ptr<Chat::Loaded> Chat::load(ModelSettings model) const {
  model.keeps_keys = true;
  auto loaded = std::make_unique<Loaded>(settings_, model, render_options(), sinks_);
  sinks_.progress.finish();
  return loaded;
}

std::vector<Message> Chat::messages() const {
  std::vector<Message> messages;
  if (!settings_.system.empty()) messages.push_back({"system", settings_.system});
  for (const Exchange& exchange : exchanges_) {
    messages.push_back({"user", exchange.message});
    messages.push_back({"assistant", exchange.answer});
  }
  return messages;
}

ChatAnswer Chat::answer(const std::string& message, const std::function<void(std::string_view)>& show) {
  std::vector<Message> prompt = messages();
  prompt.push_back({"user", message});
  const PromptIds ids = loaded_->generator.encode(prompt);
  AnswerClient client(ids, *loaded_->text.tokenizer, settings_.stop_strings, show);
  ChatAnswer answer;
  try {
    loaded_->generator.run(client, settings_.sampling, 1, sinks_.stop);
  } catch (const Interrupted&) {
    if (!sinks_.stop.takes_interrupts() || !sinks_.stop.take(SIGINT)) throw;
    answer.is_interrupted = true;
  }
  client.check_shown();
  answer.first_seconds = client.first_seconds();
  answer.seconds = client.seconds();
  answer.completion = loaded_->generator.completion(static_cast<std::int64_t>(ids.size()), std::move(client.tokens()),
                                                    settings_.stop_strings);
  if (answer.is_interrupted) {
    answer.completion.text = client.shown();
    if (answer.completion.text.empty()) return answer;
  }
  exchanges_.push_back({message, answer.completion.text,
                        answer.is_interrupted || answer.completion.finish_reason == FinishReason::length});
  return answer;
}

bool Chat::undo() {
  if (exchanges_.empty()) return false;
  exchanges_.pop_back();
  return true;
}

void Chat::set_system(const std::string& system) {
  check_system(loaded_->text, system, render_options());
  settings_.system = system;
}

void Chat::set_model(const ModelSettings& model) {
  std::unique_ptr<Loaded> loaded = load(model);
  if (!exchanges_.empty())
    with_context("the chat template of '" + model.model.string() + "' refuses the conversation",
                 [&] { loaded->text.chat_template.render(messages(), false, render_options()); });
  loaded_ = std::move(loaded);
  settings_.model = model;
}

std::string Chat::description() const {
  std::string text = fmt::format("{}; model '{}'", loaded_->model->description(), settings_.model.model.string());
  if (!settings_.model.adapter.empty()) text += fmt::format(", adapter '{}'", settings_.model.adapter.string());
  return text + (settings_.model.method == Method::qlora ? ", NF4 weights" : ", weights as stored");
}

std::int64_t Chat::num_tokens() const {
  std::vector<Message> all = messages();
  if (all.empty()) return 0;
  const Rendered rendered = loaded_->text.chat_template.render(all, false, render_options());
  return static_cast<std::int64_t>(encode_rendered(*loaded_->text.tokenizer, rendered).ids.size());
}

std::int64_t Chat::context_length() const { return loaded_->model->context_length(); }

namespace {

/** Whether U+FFFD stands for bytes that are not UTF-8. */
bool contains_replacement(std::string_view text) { return text.find("\uFFFD") != std::string_view::npos; }

}  // namespace

std::int64_t Chat::save(const fs::path& path, bool replaces) const {
  if (exchanges_.empty()) throw Error(Kind::usage, "there is no answer to save yet");
  const PathType type = path_type(path);
  if (type == PathType::folder || type == PathType::other)
    throw Error(Kind::usage, "'" + path.string() + "' is not a regular file");
  if (type == PathType::file && !replaces) throw FileExists("'" + path.string() + "' already exists");
  Conversation record;
  record.messages = messages();
  std::int64_t num_untrained = 0;
  const std::size_t first = settings_.system.empty() ? 1 : 2;
  for (std::size_t i = 0; i < exchanges_.size(); ++i) {
    const bool is_repaired = contains_replacement(exchanges_[i].message) || contains_replacement(exchanges_[i].answer);
    if (!exchanges_[i].is_cut && !is_repaired) continue;
    record.messages[first + 2 * i].more_json = R"({"weight":0})";
    ++num_untrained;
  }
  Json metadata = {{"source", "chat"}, {"model", settings_.model.model.string()}};
  if (!settings_.model.adapter.empty()) metadata["adapter"] = settings_.model.adapter.string();
  record.metadata_json = json_line(metadata);
  record.metadata_json.pop_back();  // the newline
  std::string line;
  append_conversation(line, record);
  write_file(path, line);
  return num_untrained;
}

}  // namespace intelia
