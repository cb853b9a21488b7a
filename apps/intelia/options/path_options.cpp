#include "options/path_options.hpp"

#include "base/error.hpp"

namespace intelia {

void check_input_option(const std::string& option, const std::filesystem::path& path, InputType type) {
  const std::string problem = input_problem(path, type);
  if (!problem.empty()) throw Error(Kind::usage, "--" + option + " '" + path.string() + "' " + problem);
}

}  // namespace intelia
