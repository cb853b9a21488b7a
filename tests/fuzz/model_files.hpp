// A temporary model folder whose only tokenizer file is a fuzzer's input; the only allowed failure is intelia::Error.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "tokenizer/tokenizer.hpp"

namespace intelia::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/** Loads `bytes` as the file `name` of a folder and, if that succeeds, encodes and decodes a few texts with it. */
inline void try_tokenizer_file(const std::string& name, std::string_view bytes) {
  static const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("intelia-fuzz-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / name, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  try {
    const std::unique_ptr<Tokenizer> tokenizer = Tokenizer::load(folder);
    for (const std::string_view text : {"", "Hello, 12 worlds!\n\n  ab abc", "é\xCC\x81 🐔 ﬁ \xFF <s>a</s><|e|>",
                                        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
      const std::vector<std::int32_t> ids = tokenizer->encode(text, {true, true});
      tokenizer->decode(ids);
      for (const std::int32_t id : ids) tokenizer->token_of(id);
    }
  } catch (const Error&) {
    // Refused with an Error, as expected.
  }
  std::filesystem::remove(folder / name);
}

}  // namespace intelia::fuzz
