// Arbitrary bytes as tokenizer.json: an Error or a working tokenizer, never a crash, a hang or another exception.
#include "model_files.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  intelia::fuzz::try_tokenizer_file("tokenizer.json", intelia::fuzz::text_of(data, size));
  return 0;
}
