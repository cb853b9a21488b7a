// A temporary folder with a small byte-level tokenizer.json and a chat template.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/file.hpp"
#include "record/json.hpp"

namespace intelia::test {

class ModelFolder {
 public:
  ModelFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("intelia-tokens-" + std::to_string(getpid()) + "-" + std::to_string(next_++))) {
    std::filesystem::create_directories(path_);
    Json vocabulary;
    for (int byte = 0x21; byte < 0x7F; ++byte) vocabulary[std::string(1, static_cast<char>(byte))] = byte;
    vocabulary["Ġ"] = 1;
    vocabulary["Ċ"] = 2;
    vocabulary["Ã"] = 3;
    vocabulary["©"] = 4;
    vocabulary["ab"] = 200;
    vocabulary["abc"] = 201;
    vocabulary["Ġab"] = 202;
    vocabulary["bc"] = 203;
    vocabulary["whole"] = 204;
    file = {{"added_tokens", Json::array()},
            {"normalizer", nullptr},
            {"pre_tokenizer",
             {{"type", "Sequence"},
              {"pretokenizers",
               {{{"type", "Split"},
                 {"pattern", {{"Regex", " ?[a-z]+|\\s|."}}},
                 {"behavior", "Isolated"},
                 {"invert", false}},
                {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", false}}}}}},
            {"post_processor",
             {{"type", "TemplateProcessing"},
              {"single",
               {{{"SpecialToken", {{"id", "<b>"}, {"type_id", 0}}}}, {{"Sequence", {{"id", "A"}, {"type_id", 0}}}}}},
              {"special_tokens", {{"<b>", {{"id", "<b>"}, {"ids", {300}}, {"tokens", {"<b>"}}}}}}}},
            {"decoder", {{"type", "ByteLevel"}}},
            {"model",
             {{"type", "BPE"},
              {"ignore_merges", true},
              {"vocab", vocabulary},
              {"merges", {"b c", "a b", "ab c", "Ġ ab"}}}}};
    int id = 300;
    for (const char* token : {"<b>", "<e>", "<t>", "<|user|>", "<|bot|>"}) {
      file["added_tokens"].push_back({{"id", id++},
                                      {"content", token},
                                      {"special", true},
                                      {"normalized", false},
                                      {"lstrip", false},
                                      {"rstrip", false},
                                      {"single_word", false}});
    }
    config = {{"bos_token", "<b>"}, {"eos_token", "<e>"}};
    chat_template =
        "{{ bos_token }}{% for m in messages %}{{ '<|bot|>' if m.role == 'assistant' else '<|user|>' }}{{ m.content | "
        "trim }}<t>\n{% endfor %}"
        "{% if add_generation_prompt %}<|bot|>{% endif %}";
    write();
  }
  ~ModelFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ModelFolder(const ModelFolder&) = delete;
  ModelFolder& operator=(const ModelFolder&) = delete;

  void write() const {
    write_file(path_ / "tokenizer.json", file.dump());
    write_file(path_ / "tokenizer_config.json", config.dump());
    write_file(path_ / "chat_template.jinja", chat_template);
  }
  const std::filesystem::path& path() const { return path_; }

  Json file, config;
  std::string chat_template;

 private:
  std::filesystem::path path_;
  static inline int next_ = 0;
};

}  // namespace intelia::test
