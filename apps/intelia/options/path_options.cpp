#include "options/path_options.hpp"

#include "base/error.hpp"
#include "cli/settings.hpp"

namespace intelia {

namespace fs = std::filesystem;

void check_input_option(const std::string& option, const std::filesystem::path& path, InputType type) {
  const std::string problem = input_problem(path, type);
  if (!problem.empty()) throw Error(Kind::usage, "--" + option + " '" + path.string() + "' " + problem);
}

void check_file_argument(const std::filesystem::path& file) {
  if (!file.empty() && file != "-") check_input(file, InputType::stream);
}

std::vector<fs::path> outputs_in(const fs::path& folder, const std::vector<std::string>& names) {
  std::vector<fs::path> outputs{folder, folder / "manifest.json", folder / "rejected.jsonl", folder / ".intelia.lock"};
  for (const std::string& name : names) outputs.push_back(folder / name);
  return outputs;
}

namespace {

/** `input` and, if it is a folder, what a run may read in it. */
void list_input(const fs::path& input, int depth, std::vector<fs::path>& list) {
  list.push_back(input);
  if (depth == 0 || path_type(input) != PathType::folder) return;
  for (const std::string& name : folder_members(input))
    if (!name.starts_with('.') && !name.ends_with(".jsonl")) list_input(input / name, depth - 1, list);
}

}  // namespace

void check_inputs_stay(const std::vector<fs::path>& outputs, std::vector<fs::path> inputs,
                       const CommonOptions& common) {
  std::vector<fs::path> replaced;
  for (const fs::path& output : outputs)
    if (!output.empty() && path_type(output) != PathType::missing) replaced.push_back(output);
  if (replaced.empty()) return;
  inputs.push_back(configuration_path(common));
  for (const fs::path& input : inputs) {
    if (input.empty() || input == "-") continue;
    std::vector<fs::path> files;
    list_input(input, 2, files);
    for (const fs::path& file : files)
      for (const fs::path& output : replaced) {
        if (!is_same_file(file, output)) continue;
        throw Error(Kind::usage, is_folder(file)
                                     ? "--output is the folder of an input, '" + file.string() + "'; choose another"
                                     : "the input '" + file.string() +
                                           "' would be replaced by an output of this run; choose another --output");
      }
  }
}

}  // namespace intelia
