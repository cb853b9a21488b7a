// Times lib/tokenizer for scripts/bench/tokenize: tokenize_probe FOLDER DOCUMENTS PASSES THREADS [IDS]. DOCUMENTS is
// a text whose documents end in NUL bytes; each pass encodes all of them, the first with empty caches. Prints the
// seconds of each pass, one a line, and writes the ids of the last one to IDS as int32, each document's after their
// number.
#include <charconv>
#include <chrono>
#include <ctime>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "tokenizer/tokenizer.hpp"

namespace {

using namespace intelia;
using Batch = std::vector<std::vector<std::int32_t>>;

unsigned number(std::string_view text) {
  unsigned value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void write_ids(const std::string& path, const Batch& batch) {
  std::ofstream out(path, std::ios::binary);
  for (const std::vector<std::int32_t>& ids : batch) {
    const auto count = static_cast<std::int32_t>(ids.size());
    out.write(reinterpret_cast<const char*>(&count), sizeof count);
    out.write(reinterpret_cast<const char*>(ids.data()),
              static_cast<std::streamsize>(ids.size() * sizeof(std::int32_t)));
  }
}

int run(const std::vector<std::string>& arguments) {
  const auto tokenizer = Tokenizer::load(arguments[0]);
  const std::string documents = read_file(arguments[1]);
  std::vector<std::string_view> texts;
  for (std::size_t begin = 0; begin < documents.size();) {
    const std::size_t end = documents.find('\0', begin);
    texts.push_back(std::string_view(documents).substr(begin, end - begin));
    begin = end + 1;
  }
  for (unsigned pass = 0; pass < number(arguments[2]); ++pass) {
    const auto begin = std::chrono::steady_clock::now();
    const std::clock_t cpu_begin = std::clock();
    const Batch batch = tokenizer->encode_batch(texts, {}, number(arguments[3]));
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    const double cpu_seconds = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;
    std::cout << seconds.count() << " " << cpu_seconds << std::endl;
    if (pass + 1 == number(arguments[2]) && arguments.size() > 4) write_ids(arguments[4], batch);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 4) {
    std::cerr << "usage: tokenize_probe FOLDER DOCUMENTS PASSES THREADS [IDS]\n";
    return 2;
  }
  try {
    return run(arguments);
  } catch (const Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
