// Tracing lineage over manifests: files found by content, by path or by a copied manifest; unusable manifests; cycles.
#include "lineage/lineage.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "lineage/record_search.hpp"
#include "record/manifest.hpp"

using namespace intelia;
namespace fs = std::filesystem;

namespace {

/** A temporary folder with runs. */
class Place {
 public:
  Place() {
    std::string name = (fs::temp_directory_path() / "intelia-test-XXXXXX").string();
    root = ::mkdtemp(name.data());
  }
  ~Place() { fs::remove_all(root); }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((root / path).parent_path());
    write_file(root / path, text);
  }

  /** A run of `command` in `folder`, with files that it wrote there and inputs by their path from the root. */
  void run(const std::string& folder, const std::string& command, const std::vector<std::string>& inputs,
           const std::vector<std::pair<std::string, std::string>>& outputs) const {
    Json manifest = make_manifest(command, "0.1.0", Json::object());
    manifest["inputs"] = Json::array();
    manifest["outputs"] = Json::array();
    for (const std::string& input : inputs) manifest["inputs"].push_back(describe_file(root / input));
    manifest["origins"] = origins_of(manifest["inputs"]);
    for (const auto& [name, text] : outputs) {
      write(folder + "/" + name, text);
      Json output = describe_file(root / folder / name);
      output["path"] = name;
      manifest["outputs"].push_back(output);
    }
    write_manifest(root / folder, manifest);
  }

  fs::path root;
};

struct Found {
  std::vector<LineageOrigin> origins;
  std::vector<LineageUse> uses;
  std::int64_t num_changed, num_not_found, num_refused;
};

/** The lineage of `target` within `place`, read into the index from `in`. The runs live as long as `index`. */
Found look(ManifestIndex& index, const fs::path& target, bool reads_files = true) {
  Lineage lineage(index, reads_files);
  Found found;
  if (fs::is_directory(target))
    found.origins = lineage.of_folder(target);
  else
    found.origins.push_back(lineage.of_file(target));
  std::vector<LineageFile> files;
  for (const LineageOrigin& origin : found.origins) files.insert(files.end(), origin.files.begin(), origin.files.end());
  found.uses = lineage.uses_of(files);
  found.num_changed = lineage.num_changed();
  found.num_not_found = lineage.num_not_found();
  found.num_refused = lineage.num_refused();
  return found;
}

}  // namespace

TEST_CASE("lineage is traced back to the first run and forward to the last") {
  Place place;
  place.write("text.md", "hens");
  place.run("a", "first", {"text.md"}, {{"a.jsonl", "aa"}});
  place.run("b", "second", {"a/a.jsonl"}, {{"b.bin", "bbb"}});
  place.run("c", "third", {"b/b.bin", "a/a.jsonl"}, {{"c.html", "cccc"}});
  SilentSinks silent;
  ManifestIndex index(silent.sinks());
  index.add_tree(place.root);
  const Found back = look(index, place.root / "c/c.html");
  REQUIRE(back.origins.size() == 1);
  const LineageOrigin& third = back.origins[0];
  CHECK(third.run->command == "third");
  CHECK(third.files[0].state == FileState::as_written);
  REQUIRE(third.origins.size() == 2);
  CHECK(third.origins[0].run->command == "second");
  CHECK(third.origins[0].origins[0].run->command == "first");
  CHECK(third.origins[0].origins[0].origins[0].run == nullptr);
  CHECK(third.origins[0].origins[0].origins[0].files[0].path == place.root / "text.md");
  CHECK(third.origins[1].run->command == "first");
  CHECK(third.origins[1].is_told_above);
  CHECK(third.origins[1].origins.empty());
  CHECK(back.uses.empty());
  const Found forward = look(index, place.root / "text.md");
  CHECK(forward.origins[0].files[0].state == FileState::unrecorded);
  REQUIRE(forward.uses.size() == 1);
  CHECK(forward.uses[0].run->command == "first");
  REQUIRE(forward.uses[0].uses.size() == 2);
  CHECK(forward.uses[0].uses[0].run->command == "second");
  CHECK(forward.uses[0].uses[0].uses[0].run->command == "third");
  CHECK(forward.uses[0].uses[1].is_told_above);
}

TEST_CASE("files are identified by content, then by path") {
  Place place;
  place.run("a", "first", {}, {{"a.jsonl", "aa"}});
  place.run("b", "second", {"a/a.jsonl"}, {{"b.bin", "bbb"}});
  const auto input = [&](bool reads_files = true) {
    SilentSinks silent;
    ManifestIndex index(silent.sinks());
    index.add_tree(place.root);
    const Found found = look(index, place.root / "b", reads_files);
    CHECK(found.origins.at(0).origins.at(0).run->command == "first");
    return found.origins[0].origins[0].files.at(0);
  };
  CHECK(input().state == FileState::as_written);
  CHECK(input(false).state == FileState::same_size);
  place.write("a/a.jsonl", "xx");
  CHECK(input().state == FileState::changed);
  CHECK(input(false).state == FileState::same_size);
  place.write("a/a.jsonl", "longer");
  CHECK(input(false).state == FileState::changed);
  place.write("else/where.jsonl", "aa");
  CHECK(input().state == FileState::as_written);
  CHECK(input().was_moved);
  CHECK(input().path == place.root / "else/where.jsonl");
  fs::remove_all(place.root / "else");
  fs::remove_all(place.root / "a");
  CHECK(input().state == FileState::not_found);
  CHECK(input().path.empty());
  place.run("a", "first", {}, {{"a.jsonl", "written anew"}});
  CHECK(input().state == FileState::changed);
}

TEST_CASE("the files of a folder originate from the run that wrote most of their bytes") {
  Place place;
  place.run("x", "train x", {}, {{"config", "same"}, {"weights", "weights of x"}, {"empty", ""}});
  place.run("y", "train y", {}, {{"config", "same"}, {"weights", "weights of y"}, {"empty", ""}});
  place.run("judged", "judge", {"y/config", "y/weights", "y/empty"}, {{"report", "good"}});
  fs::rename(place.root / "y", place.root / "a");
  SilentSinks silent;
  ManifestIndex index(silent.sinks());
  index.add_tree(place.root);
  const Found report = look(index, place.root / "judged");
  REQUIRE(report.origins[0].origins.size() == 2);
  CHECK(report.origins[0].origins[0].run->command == "train y");
  CHECK(report.origins[0].origins[0].files.size() == 2);
  CHECK(report.origins[0].origins[1].files[0].recorded.bytes == 0);
  CHECK(report.origins[0].origins[1].run == nullptr);  // an empty file elsewhere cannot be identified
  CHECK(look(index, place.root / "x").uses.empty());
  REQUIRE(look(index, place.root / "a").uses.size() == 1);
}

TEST_CASE("readers of a base's tokenizer did not use the adapters that have copies of it") {
  Place place;
  for (const auto& [name, text] :
       {std::pair("config.json", "b"), {"tokenizer.json", "words"}, {"model.safetensors", "w"}})
    place.write(std::string("base/") + name, text);
  place.run("adapter", "train", {"base/config.json", "base/tokenizer.json", "base/model.safetensors"},
            {{"adapter_model.safetensors", "delta"}, {"tokenizer.json", "words"}});
  place.run("other", "init", {"base/tokenizer.json"}, {{"model.safetensors", "random"}});
  place.run("third", "encode", {"adapter/tokenizer.json"}, {{"ids", "1 2"}});
  const auto users = [](const Found& found) {
    std::set<std::string> commands;
    for (const LineageUse& use : found.uses) commands.insert(use.run->command);
    return commands;
  };
  for (const bool is_base_there : {true, false}) {
    CAPTURE(is_base_there);
    SilentSinks silent;
    ManifestIndex index(silent.sinks());
    index.add_tree(place.root);
    const std::set<std::string> of_adapter = users(look(index, place.root / "adapter"));
    CHECK(of_adapter.count("encode") == 1);
    if (!is_base_there) continue;
    CHECK(of_adapter == std::set<std::string>{"encode"});
    CHECK(users(look(index, place.root / "base/tokenizer.json")) == std::set<std::string>{"train", "init", "encode"});
    CHECK(look(index, place.root / "other").origins.at(0).origins.at(0).run == nullptr);
    CHECK(look(index, place.root / "third").origins.at(0).origins.at(0).run->command == "train");
    const Found found = look(index, place.root / "base");
    for (const LineageUse& use : found.uses)
      if (use.run->command == "train")
        CHECK(
            std::none_of(use.uses.begin(), use.uses.end(), [](const auto& one) { return one.run->command == "init"; }));
    fs::remove_all(place.root / "base");
  }
}

TEST_CASE("a manifest contains copies of the manifests of its inputs") {
  Place place;
  place.run("a", "first", {}, {{"a.jsonl", "aa"}});
  place.run("b", "second", {"a/a.jsonl"}, {{"b.bin", "bbb"}});
  place.run("c", "third", {"b/b.bin"}, {{"c.bin", "cccc"}});
  fs::remove_all(place.root / "a");
  fs::remove_all(place.root / "b");
  SilentSinks silent;
  ManifestIndex index(silent.sinks());
  index.add_tree(place.root);
  const Found found = look(index, place.root / "c");
  const LineageOrigin& second = found.origins[0].origins[0];
  CHECK(second.run->command == "second");
  CHECK(second.run->kept_in == place.root / "c/manifest.json");
  CHECK(second.origins[0].run->command == "first");
  CHECK(found.num_not_found == 2);
  const Json kept = origins_of(Json::array({describe_file(place.root / "c/c.bin")}));
  REQUIRE(kept.size() == 1);
  CHECK_FALSE(kept[0]["manifest"].contains("measured"));
  place.write("c/c.bin", "other");
  CHECK(origins_of(Json::array({describe_file(place.root / "c/c.bin")})).empty());
}

TEST_CASE("of two runs that wrote the same bytes, the origin is the one that existed when they were read") {
  Place place;
  place.run("a", "first night", {}, {{"a.jsonl", "aa"}});
  place.run("b", "second", {"a/a.jsonl"}, {{"b.bin", "bbb"}});
  place.run("a", "next night", {}, {{"a.jsonl", "aa"}});
  SilentSinks silent;
  ManifestIndex index(silent.sinks());
  index.add_tree(place.root);
  const Found found = look(index, place.root / "b");
  const LineageOrigin& data = found.origins[0].origins[0];
  CHECK(data.run->command == "first night");
  REQUIRE(data.also.size() == 1);
  CHECK(data.also[0]->command == "next night");
  CHECK(look(index, place.root / "a/a.jsonl").origins[0].run->command == "next night");
}

TEST_CASE("manifest.json of other programs is ignored silently") {
  struct Words final : Log {
    void write(Level level, std::string_view) override { num_warnings += level >= Level::warning ? 1 : 0; }
    int num_warnings = 0;
  } log;
  SilentSinks silent;
  Place place;
  place.run("a", "first", {}, {{"a.jsonl", "aa"}});
  place.write("web/manifest.json", R"({"name":"app","icons":[]})");
  ManifestIndex index({log, silent.sinks().progress, silent.sinks().stop});
  index.add_tree(place.root);
  CHECK(index.runs().size() == 1);
  CHECK(log.num_warnings == 0);
}

TEST_CASE("cycles and very long chains end") {
  Place place;
  place.write("a/a", "aa");
  place.run("b", "second", {"a/a"}, {{"b", "bb"}});
  place.run("a", "first", {"b/b"}, {{"a", "aa"}});
  SilentSinks silent;
  ManifestIndex index(silent.sinks());
  index.add_tree(place.root);
  const Found loop = look(index, place.root / "a");
  CHECK(loop.origins[0].origins[0].origins[0].is_loop);
  CHECK(loop.uses[0].uses[0].uses[0].is_told_above);

  Place chain;
  chain.write("0/f", "0");
  for (int i = 1; i <= 300; ++i)
    chain.run(std::to_string(i), "run", {std::to_string(i - 1) + "/f"}, {{"f", std::to_string(i)}});
  ManifestIndex long_index(silent.sinks());
  long_index.add_tree(chain.root);
  const Found found = look(long_index, chain.root / "300");
  const LineageOrigin* deepest = &found.origins[0];
  int depth = 0;
  for (; !deepest->origins.empty(); ++depth) deepest = &deepest->origins[0];
  CHECK(depth == 256);
  CHECK(deepest->is_too_deep);
}

TEST_CASE("manifests of a newer format, malformed and forged ones are reported and ignored") {
  struct Words final : Log {
    void write(Level, std::string_view message) override { all += std::string(message) + "\n"; }
    std::string all;
  } log;
  SilentSinks silent;
  const Sinks sinks{log, silent.sinks().progress, silent.sinks().stop};
  Place place;
  place.run("a", "first", {}, {{"a.jsonl", "aa"}});
  place.run("b", "second", {"a/a.jsonl"}, {{"b.bin", "bbb"}});
  place.write("a/manifest.json", R"({"format":2,"command":"first"})");
  // Without the copied manifest, from which the origin would still be known.
  Json second = *read_manifest(place.root / "b");
  second.erase("origins");
  write_manifest(place.root / "b", second);
  place.write("deep/manifest.json", std::string(10'000, '[') + std::string(10'000, ']'));
  place.write("huge/manifest.json", std::string(kMaxManifestBytes + 1, ' '));
  place.write("out/manifest.json", R"({"format":1,"command":"x","outputs":[{"path":"../a/a.jsonl","sha256":")" +
                                       std::string(64, 'a') + R"("}]})");
  place.write("types/manifest.json",
              R"({"format":1,"inputs":7,"outputs":[{"path":3}],"origins":[{"manifest":{"format":9}}]})");
  place.write("large/manifest.json", R"({"format":18446744073709551615})");
  ManifestIndex index(sinks);
  index.add_tree(place.root);
  for (const char* words : {"a/manifest.json' has format 2, written by a newer intelia", "deeper than 1024",
                            "is larger than", "outputs[0] is outside the folder of the manifest",
                            "'inputs' is not a list", "large/manifest.json' has format 18446744073709551615"})
    CHECK_MESSAGE(log.all.find(words) != std::string::npos, words);
  const Found found = look(index, place.root / "b");
  CHECK(found.origins[0].origins[0].run->is_refused);
  CHECK(found.num_refused == 1);
  CHECK(look(index, place.root / "a/a.jsonl").num_refused == 1);
  CHECK(look(index, place.root / "a").origins[0].run->is_refused);
}

TEST_CASE("an unknown field is no error and is preserved") {
  Place place;
  place.run("a", "first", {}, {{"a.jsonl", "aa"}});
  Json manifest = *read_manifest(place.root / "a");
  manifest["later"] = {{"invented", true}};
  manifest["outputs"][0]["colour"] = "blue";
  write_manifest(place.root / "a", manifest);
  SilentSinks silent;
  ManifestIndex index(silent.sinks());
  index.add_tree(place.root);
  const Found found = look(index, place.root / "a/a.jsonl");
  CHECK(found.origins[0].files[0].state == FileState::as_written);
  CHECK(found.origins[0].run->fault.empty());
  CHECK(found.origins[0].run->facts["later"]["invented"] == true);
}

TEST_CASE("a record is found by its id, however it is encoded") {
  Place place;
  const auto lines_with = [&](const std::string& id, const std::string& text) {
    place.write("r.jsonl", text);
    std::vector<std::int64_t> lines;
    SilentSinks silent;
    RecordSearch(id).read(place.root / "r.jsonl", silent.sinks(),
                          [&](FoundRecord&& found) { lines.push_back(found.line); });
    return lines;
  };
  using Lines = std::vector<std::int64_t>;
  CHECK(lines_with("c-1", R"({"metadata":{"conversation_id":"c-1"}}
{"metadata":{"conversation_id":"c-10"}}
{"messages":[{"content":"c-1"}],"metadata":{"conversation_id":"d"}}
not JSON c-1
{"text":"x","metadata":{"id":"c-1"}}
{"id":"c-1"})") == Lines{1, 5, 6});
  CHECK(lines_with("système/1", R"({"metadata":{"id":"syst\u00e8me\/1"}}
{"metadata":{"id":"système/1"}})") == Lines{1, 2});
  CHECK(lines_with("鶏", R"({"metadata":{"id":"\u9d8f"}}
{"metadata":{"id":"鶏"}})") == Lines{1, 2});
  CHECK(lines_with("42", R"({"metadata":{"conversation_id":42}}
{"metadata":{"conversation_id":42.5}})") == Lines{1});
  CHECK(lines_with("c-1", R"({"where":"conversation c-1","reason":"messages is NULL","record":"null"}
{"where":"conversation c-12","reason":"x","record":"null"}
{"where":"train.jsonl:3","reason":"x","record":"{\"metadata\":{\"conversation_id\":\"c-1\"}}"}
{"conversation_id":"c-1","reason":"fewer messages than --min-messages"}
{"reason":"x","record":{"metadata":{"id":"c-1"}}})") == Lines{1, 3, 4, 5});
  place.write("r.jsonl", R"({"where":"conversation c-1","reason":"messages is NULL","record":"null"})");
  SilentSinks silent;
  RecordSearch("c-1").read(place.root / "r.jsonl", silent.sinks(),
                           [](FoundRecord&& found) { CHECK(found.reason == "messages is NULL"); });
}
