// intelia completion: the script that makes a shell complete commands and options.
#include "cli/help.hpp"

namespace intelia {
namespace {

struct CompletionOptions {
  std::string shell;
};

void declare(OptionTable& table, CompletionOptions& options) {
  Option& shell = table.add("shell", options.shell, "The shell to complete in", "SHELL").positional().required();
  shell.choices = {"bash", "zsh", "fish"};
}

int run(const CompletionOptions& options, Context& context) {
  if (options.shell != "bash" && options.shell != "zsh" && options.shell != "fish")
    throw Error(Kind::usage, "SHELL is bash, zsh or fish, got '" + options.shell + "'");
  context.print(completion_script(context.program, options.shell));
  return 0;
}

}  // namespace

extern const Command completion{"completion", "Shell completion for bash, zsh or fish",
                                "Prints a completion script.\n\nExample: source <(intelia completion bash)",
                                bind<CompletionOptions, declare, run>};

}  // namespace intelia
