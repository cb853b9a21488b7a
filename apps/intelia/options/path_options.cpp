#include "options/path_options.hpp"

#include "base/error.hpp"

namespace intelia {

void check_input_option(const std::string& option, const std::filesystem::path& path, InputType type) {
  const std::string problem = input_problem(path, type);
  if (!problem.empty()) throw Error(Kind::usage, "--" + option + " '" + path.string() + "' " + problem);
}

void check_file_argument(const std::filesystem::path& file) {
  if (!file.empty() && file != "-") check_input(file, InputType::stream);
}

}  // namespace intelia
