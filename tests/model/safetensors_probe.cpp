// For each file named by a line of standard input, prints what the safetensors reader reads, one JSON object per line:
// {"tensors":{NAME:[TYPE,SHAPE,SHA-256 of its bytes]},"metadata":{…}}, or {"error":…,"status":…}.
#include <cstdio>
#include <iostream>
#include <string>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "model/safetensors.hpp"
#include "record/json.hpp"

using namespace intelia;

namespace {

Json verdict(const std::string& path) {
  try {
    const SafetensorsFile file(path);
    Json tensors = Json::object();
    for (const auto& [name, view] : file.tensors())
      tensors[name] = {tensor_type_name(view.type), view.shape,
                       sha256_of({reinterpret_cast<const char*>(view.data), view.size_bytes})};
    return {{"tensors", tensors}, {"metadata", file.metadata()}};
  } catch (const Error& error) {
    return {{"error", error.what()}, {"status", exit_status(error)}};
  }
}

}  // namespace

int main() {
  for (std::string path; std::getline(std::cin, path);) {
    std::puts(verdict(path).dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
    std::fflush(stdout);
  }
}
