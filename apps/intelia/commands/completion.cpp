// intelia completion: scripts for completion of commands and options in a shell.
#include "cli/help.hpp"

namespace intelia {
namespace {

struct CompletionOptions {
  std::string shell;
};

void declare(OptionTable& table, CompletionOptions& options) {
  Option& shell = table.add("shell", options.shell, "Shell", "SHELL").positional().required();
  shell.choices = {"bash", "zsh", "fish"};
}

int run(const CompletionOptions& options, Context& context) {
  if (options.shell != "bash" && options.shell != "zsh" && options.shell != "fish")
    throw Error(Kind::usage, "SHELL: expected bash, zsh or fish, got '" + options.shell + "'");
  context.print(completion_script(context.program, options.shell));
  return 0;
}

}  // namespace

extern const Command completion{"completion", "Print a completion script for bash, zsh or fish",
                                "Prints a script that makes the shell complete commands, options and their "
                                "values.\n\nExample: source <(intelia completion bash)",
                                bind<CompletionOptions, declare, run>};

}  // namespace intelia
