// Parsing the command line, precedence (option > environment > file > default), and error messages.
#include "cli/settings.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/foreign_options.hpp"
#include "program.hpp"

using namespace intelia;
namespace fs = std::filesystem;

namespace {

struct Sample {
  int rank = 16;
  double rate = 2e-5;
  bool shuffle = true;
  std::vector<std::string> targets = {"q", "v"};
};

OptionTable sample_table(Sample& sample) {
  OptionTable table;
  table.add("lora-r", sample.rank, "Rank");
  table.add("learning-rate", sample.rate, "Rate");
  table.add("shuffle", sample.shuffle, "Shuffle");
  table.add("lora-targets", sample.targets, "Targets");
  return table;
}

ParsedArguments parse(const std::vector<std::string>& arguments) {
  Sample sample;
  CommonOptions common;
  OptionTable own = sample_table(sample), common_table;
  declare_common(common_table, common);
  return parse_arguments("train sft", arguments, own, common_table);
}

std::string fault(const std::vector<std::string>& arguments) {
  try {
    parse(arguments);
  } catch (const Error& error) {
    CHECK(error.kind() == Kind::usage);
    return error.what();
  }
  return "";
}

struct TemporaryFile {
  fs::path path;
  explicit TemporaryFile(const std::string& text) {
    std::string folder = (fs::temp_directory_path() / "intelia-test-XXXXXX").string();
    path = fs::path(::mkdtemp(folder.data())) / "intelia.toml";
    write_file(path, text);
  }
  ~TemporaryFile() { fs::remove_all(path.parent_path()); }
};

}  // namespace

TEST_CASE("precedence: option, environment, file, default") {
  const TemporaryFile toml("[train.sft]\nlora_r = 4\nlearning-rate = 0.5\nlora-targets = [\"q_proj\", \"up_proj\"]\n");
  const ConfigurationFile file = read_configuration(toml.path);
  ::setenv("INTELIA_TRAIN_SFT_LEARNING_RATE", "0.25", 1);
  ::setenv("INTELIA_TRAIN_SFT_LORA_R", "5", 1);
  Sample sample;
  OptionTable table = sample_table(sample);
  apply_settings(table, "train sft", parse({"--lora-r=6", "--no-shuffle"}), file);
  ::unsetenv("INTELIA_TRAIN_SFT_LEARNING_RATE");
  ::unsetenv("INTELIA_TRAIN_SFT_LORA_R");
  CHECK(sample.rank == 6);
  CHECK(sample.rate == 0.25);
  CHECK_FALSE(sample.shuffle);
  CHECK(sample.targets == std::vector<std::string>{"q_proj", "up_proj"});
  CHECK(table.find("lora-r")->origin == Origin::flag);
  CHECK(table.find("learning-rate")->origin == Origin::environment);
  CHECK(table.find("lora-targets")->origin == Origin::file);
}

TEST_CASE("a preset is a set of defaults: every other source takes precedence") {
  struct Presets {
    std::string preset = "plain";
    int rank = 16;
    double rate = 2e-5;
  } values;
  OptionTable own, common;
  own.add("rank", values.rank, "Rank");
  own.add("rate", values.rate, "Rate");
  own.add_presets("preset", values.preset, "Preset", {{"plain", {}}, {"large", {{"rank", "64"}, {"rate", "1e-4"}}}});
  const auto apply = [&](const std::vector<std::string>& arguments, const ConfigurationFile& file = {}) {
    values = {};
    for (Option& option : own.options()) option.origin = Origin::default_value;
    apply_settings(own, "x", parse_arguments("x", arguments, own, common), file);
  };
  apply({});
  CHECK(values.rank == 16);
  CHECK(own.find("rank")->origin == Origin::default_value);
  apply({"--rank", "8", "--preset", "large"});
  CHECK(values.rank == 8);
  CHECK(values.rate == 1e-4);
  CHECK(own.find("rank")->origin == Origin::flag);
  CHECK(own.find("rate")->origin == Origin::preset);
  const TemporaryFile toml("[x]\npreset = \"large\"\nrate = 3e-4\n");
  apply({}, read_configuration(toml.path));
  CHECK(values.rank == 64);
  CHECK(values.rate == 3e-4);
  const TemporaryFile endless("[x]\nrate = -inf\n"), none("[x]\nrate = nan\n");
  CHECK_THROWS_WITH_AS(apply({}, read_configuration(endless.path)), doctest::Contains("got '-inf'"), Error);
  CHECK_THROWS_WITH_AS(apply({}, read_configuration(none.path)), doctest::Contains("got 'nan'"), Error);
  CHECK_THROWS_WITH_AS(apply({"--preset", "lage"}), "--preset: expected one of plain, large, got 'lage'", Error);
}

TEST_CASE("the presets of training set options that exist, to values that are accepted") {
  for (const char* name : {"product", "modern", "small-data"}) {
    const auto& commands = this_program().commands;
    const auto train = std::find_if(commands.begin(), commands.end(),
                                    [](const Command* command) { return std::string(command->name) == "train sft"; });
    OptionTable table;
    (*train)->declare(table);
    table.find("preset")->set(name);
    for (const auto& [option, value] : table.preset_values()) {
      CAPTURE(option);
      REQUIRE(table.find(option) != nullptr);
      table.find(option)->set(value);
      CHECK(table.find(option)->get() != "");
    }
  }
}

TEST_CASE("an option replaces the value from the environment, also for switches and lists") {
  ::setenv("INTELIA_TRAIN_SFT_SHUFFLE", "false", 1);
  ::setenv("INTELIA_TRAIN_SFT_LORA_TARGETS", "a,b", 1);
  Sample sample;
  OptionTable table = sample_table(sample);
  apply_settings(table, "train sft", parse({}), {});
  CHECK_FALSE(sample.shuffle);
  CHECK(sample.targets == std::vector<std::string>{"a", "b"});
  apply_settings(table, "train sft", parse({"--shuffle", "--lora-targets", "c"}), {});
  ::unsetenv("INTELIA_TRAIN_SFT_SHUFFLE");
  ::unsetenv("INTELIA_TRAIN_SFT_LORA_TARGETS");
  CHECK(sample.shuffle);
  CHECK(sample.targets == std::vector<std::string>{"c"});
}

TEST_CASE("the last value of an option counts, lists are joined") {
  Sample sample;
  OptionTable table = sample_table(sample);
  apply_settings(table, "train sft",
                 parse({"--lora-r", "1", "--lora-r", "2", "--lora-targets", "a,b", "--lora-targets", "c"}), {});
  CHECK(sample.rank == 2);
  CHECK(sample.targets == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("the last of a switch and its negation counts") {
  const auto shuffle = [](const std::vector<std::string>& arguments) {
    return parse(arguments).values.at("shuffle").back();
  };
  CHECK(shuffle({"--no-shuffle", "--shuffle"}) == "true");
  CHECK(shuffle({"--shuffle", "--no-shuffle"}) == "false");
  CHECK(shuffle({"--shuffle=false", "--shuffle"}) == "true");
  CHECK(shuffle({"--no-shuffle", "--shuffle=true", "--no-shuffle"}) == "false");
  CHECK(fault({"--no-shuffle=yes"}) == "option '--no-shuffle' takes no value");
  CHECK(fault({"--no-lora-r"}) == "unknown option '--no-lora-r' (did you mean '--lora-r'?)");
}

TEST_CASE("--name value and --name=value are read in order") {
  const auto values = [](const std::vector<std::string>& arguments) { return parse(arguments).values; };
  using Texts = std::vector<std::string>;
  CHECK(values({"--lora-r=1", "--lora-r", "2"}).at("lora-r") == Texts{"2"});
  CHECK(values({"--lora-r", "1", "--lora-r=2"}).at("lora-r") == Texts{"2"});
  CHECK(values({"--lora-targets", "a", "--lora-targets=b,c", "--lora-targets", "d"}).at("lora-targets") ==
        Texts{"a", "b,c", "d"});
  CHECK(values({"--lora-targets=a=b"}).at("lora-targets") == Texts{"a=b"});
  CHECK(values({"--log-format=", "--lora-r", "-1"}) ==
        std::map<std::string, Texts>{{"log-format", {""}}, {"lora-r", {"-1"}}});
}

TEST_CASE("lists keep all values, whatever the name of their value") {
  std::vector<std::string> columns;
  std::vector<std::filesystem::path> files;
  OptionTable own, common;
  own.add("columns", columns, "Columns", "COLUMNS");
  own.add("train", files, "Files", "JSONL");
  CHECK(parse_arguments("x", {"--columns", "a", "--train=1", "--columns", "b", "--train", "2"}, own, common).values ==
        std::map<std::string, std::vector<std::string>>{{"columns", {"a", "b"}}, {"train", {"1", "2"}}});
}

TEST_CASE("a list of texts takes each value as it is, and so does a list in the file each item") {
  using Texts = std::vector<std::string>;
  Texts stops;
  std::vector<fs::path> files;
  std::vector<double> weights;
  int rank = 1;
  OptionTable own, common;
  own.add_texts("stop", stops, "Stop strings");
  own.add("train", files, "Files");
  own.add("weights", weights, "Weights");
  own.add("rank", rank, "Rank");
  const auto apply = [&](const Texts& arguments, const std::string& toml) {
    apply_settings(own, "x", parse_arguments("x", arguments, own, common),
                   read_configuration(TemporaryFile("[x]\n" + toml).path));
  };
  apply({"--stop", "\n\n", "--stop", " a, b ", "--stop=,"}, "stop = \"no\"\n");
  CHECK(stops == Texts{"\n\n", " a, b ", ","});
  CHECK(own.find("stop")->get() == R"(["\n\n"," a, b ",","])");
  apply({}, "stop = [\" \", \"a,b\"]\ntrain = [\"a,b.jsonl\", \" c\"]\nweights = [1, 0.5]\n");
  CHECK(stops == Texts{" ", "a,b"});
  CHECK(files == std::vector<fs::path>{"a,b.jsonl", " c"});
  CHECK(weights == std::vector<double>{1, 0.5});
  apply({}, "stop = \"x, y\"\ntrain = \"a, b\"\n");
  CHECK(stops == Texts{"x, y"});
  CHECK(files == std::vector<fs::path>{"a", "b"});
  ::setenv("INTELIA_X_STOP", "u, v\n", 1);
  apply({}, "");
  ::unsetenv("INTELIA_X_STOP");
  CHECK(stops == Texts{"u, v\n"});
  CHECK_THROWS_WITH_AS(apply({}, "rank = [1, 2]\n"), doctest::Contains("rank: expected one value, got a list"), Error);
}

TEST_CASE("positional arguments may be anywhere, and may begin with a dash after --") {
  std::string first, second;
  bool is_loud = false;
  OptionTable own, common;
  own.add("first", first, "First", "FIRST").positional();
  own.add("loud", is_loud, "Loud");
  own.add("second", second, "Second", "SECOND").positional();
  const auto values = [&](const std::vector<std::string>& arguments) {
    return parse_arguments("x", arguments, own, common).values;
  };
  using Values = std::map<std::string, std::vector<std::string>>;
  CHECK(values({"a", "--loud", "b"}) == Values{{"first", {"a"}}, {"loud", {"true"}}, {"second", {"b"}}});
  CHECK(values({"--", "--loud", "--"}) == Values{{"first", {"--loud"}}, {"second", {"--"}}});
  CHECK(values({"-"}) == Values{{"first", {"-"}}});
  CHECK(values({"--"}) == Values{});
  CHECK_THROWS_WITH_AS(values({"a", "b", "--", "c"}), "unexpected argument 'c'; see 'intelia x --help'", Error);
  CHECK_THROWS_WITH_AS(values({"--frst", "a"}), "unknown option '--frst'",
                       Error);  // FIRST has no name that could be suggested
  CHECK_THROWS_WITH_AS(values({"-loud"}), "unknown option '-loud' (did you mean '--loud'?)", Error);
  CHECK_THROWS_WITH_AS(values({"---"}), "unknown option '---'", Error);
}

TEST_CASE("'-' is standard input as an argument and no path as a value") {
  fs::path argument, output;
  std::vector<fs::path> files;
  OptionTable own, common;
  own.add("file", argument, "File", "FILE").positional();
  own.add("output", output, "Output");
  own.add("train", files, "Files");
  const auto apply = [&](const std::vector<std::string>& arguments) {
    apply_settings(own, "x", parse_arguments("x", arguments, own, common), {});
  };
  apply({"-", "--output", "./-"});
  CHECK(argument == "-");
  CHECK_THROWS_WITH_AS(apply({"--output", "-"}), doctest::Contains("--output: expected a path, got '-'"), Error);
  CHECK_THROWS_WITH_AS(apply({"--train", "a", "--train=-"}), doctest::Contains("--train: expected a path"), Error);
}

TEST_CASE("an unknown option is reported with the nearest known one") {
  CHECK(fault({"--lora-rang", "3"}) == "unknown option '--lora-rang' (did you mean '--lora-r'?)");
  CHECK(fault({"--zzzzzzzz"}) == "unknown option '--zzzzzzzz'");
  CHECK(fault({"stray"}).find("unexpected argument 'stray'") == 0);
  CHECK(fault({"--lora-r"}) == "option '--lora-r' needs a value");
  CHECK(fault({"--lora-rang=3"}) == "unknown option '--lora-rang' (did you mean '--lora-r'?)");
}

TEST_CASE("options of other programs are answered with ours") {
  const auto suggestion = [](const char* name) {
    OptionTable table;
    const auto& commands = this_program().commands;
    const auto train = std::find_if(commands.begin(), commands.end(),
                                    [](const Command* command) { return std::string(command->name) == "train sft"; });
    (*train)->declare(table);
    std::vector<std::string> names;
    for (const Option& option : table.options()) names.push_back(option.name);
    return suggest_option(name, names);
  };
  const auto means = [](const std::string& ours) { return " (did you mean '--" + ours + "'?)"; };
  for (const auto& [theirs, ours] : std::map<const char*, const char*>{{"save-steps", "save-every"},
                                                                       {"eval_steps", "eval-every"},
                                                                       {"warmup-steps", "warmup"},
                                                                       {"warmup_ratio", "warmup"},
                                                                       {"data", "train"},
                                                                       {"dataset", "train"},
                                                                       {"lr", "learning-rate"},
                                                                       {"learning_rate", "learning-rate"},
                                                                       {"num-train-epochs", "epochs"},
                                                                       {"per_device_train_batch_size", "batch-size"},
                                                                       {"target-modules", "lora-targets"},
                                                                       {"lora-rank", "lora-r"},
                                                                       {"output-dir", "output"},
                                                                       {"model-name-or-path", "model"},
                                                                       {"load_in_4bit", "method qlora"},
                                                                       {"cutoff_len", "max-length"},
                                                                       {"sequence_len", "max-length"}})
    CHECK(suggestion(theirs) == means(ours));
  CHECK(suggest_option("dataset", {"from", "output"}) == means("from"));
  CHECK(suggest_option("questions-file", {"from"}) == "");
  CHECK(suggest_key("load_in_4bit", {"method"}) == " (did you mean 'method'?)");
}

TEST_CASE("every option that is suggested for another program's name exists") {
  std::set<std::string> names;
  for (const Command* command : this_program().commands) {
    OptionTable table;
    command->declare(table);
    for (const Option& option : table.options()) names.insert(option.name);
  }
  CommonOptions common;
  OptionTable common_table;
  declare_common(common_table, common);
  for (const Option& option : common_table.options()) names.insert(option.name);
  const std::vector<std::string> suggested = suggested_options();
  CHECK(suggested.size() > 50);
  for (const std::string& name : suggested) CHECK_MESSAGE(names.contains(name), name);
}

TEST_CASE("the number of threads is limited") {
  CommonOptions common;
  OptionTable table;
  declare_common(table, common);
  const auto set = [&](const std::string& text) { table.find("threads")->set(text); };
  set("64");
  CHECK(common.threads == 64);
  for (const char* text : {"-1", "1000000", "2147483647", "2147483648", "1.5"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(set(text), Error);
  }
}

TEST_CASE("a bad value is reported with its source") {
  Sample sample;
  OptionTable table = sample_table(sample);
  CHECK_THROWS_WITH_AS(apply_settings(table, "train sft", parse({"--lora-r", "two"}), {}),
                       "--lora-r: expected a whole number, got 'two'", Error);
  CHECK_THROWS_WITH_AS(apply_settings(table, "train sft", parse({"--shuffle=maybe"}), {}),
                       "--shuffle: expected true or false, got 'maybe'", Error);
  CHECK_THROWS_WITH_AS(apply_settings(table, "train sft", parse({"--learning-rate", "nan"}), {}),
                       "--learning-rate: expected a finite number, got 'nan'", Error);
  const TemporaryFile toml("[train.sft]\n\nlora-r = \"x\"\n");
  CHECK_THROWS_WITH_AS(apply_settings(table, "train sft", {}, read_configuration(toml.path)),
                       doctest::Contains("intelia.toml:3: lora-r: expected a whole number"), Error);
}

TEST_CASE("an unknown key or command in the file is an error, as is a malformed file, with its line") {
  const TemporaryFile unknown_key("[config]\ncommnd = \"x\"\n");
  CHECK_THROWS_WITH_AS(check_configuration(this_program(), read_configuration(unknown_key.path)),
                       doctest::Contains("unknown key 'commnd' of [config] (did you mean 'command'?)"), Error);
  const TemporaryFile unknown_command("[cofig]\ncommand = \"x\"\n");
  CHECK_THROWS_WITH_AS(check_configuration(this_program(), read_configuration(unknown_command.path)),
                       doctest::Contains("unknown command 'cofig' (did you mean 'config'?)"), Error);
  const TemporaryFile broken("[config]\ncommand =\n");
  CHECK_THROWS_WITH_AS(read_configuration(broken.path), doctest::Contains("intelia.toml:2"), Error);
}

TEST_CASE("environment names") {
  CHECK(environment_name("train sft", "learning-rate") == "INTELIA_TRAIN_SFT_LEARNING_RATE");
  CHECK(environment_name("", "log-format") == "INTELIA_LOG_FORMAT");
}
