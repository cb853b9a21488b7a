// Arbitrary bytes as tokenizer.model (SentencePiece, or tiktoken's format) or, where they begin as JSON, as
// tekken.json.
#include "model_files.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = intelia::fuzz::text_of(data, size);
  intelia::fuzz::try_tokenizer_file(bytes.starts_with('{') ? "tekken.json" : "tokenizer.model", bytes);
  return 0;
}
