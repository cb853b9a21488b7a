// The allowed fraction of rejected records applies to each file separately.
#include "training/training_data.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "temporary_folder.hpp"
#include "tiny_model.hpp"

using namespace intelia;

namespace {

constexpr const char* kRecord = R"({"messages":[{"role":"user","content":"ab"},{"role":"assistant","content":"x"}]})"
                                "\n";

std::string lines(int num_records, int num_bad) {
  std::string text;
  for (int i = 0; i < num_bad; ++i) text += "7\n";
  for (int i = 0; i < num_records; ++i) text += kRecord;
  return text;
}

/** Reads two files with the allowed fraction 0.1; returns the message of the Error{input}, or "". */
std::string refusal_of_files(const std::string& train, const std::string& validation) {
  const test::TinyModel model;
  const TextSide text = load_text_side(model.path());
  const TemporaryFolder folder;
  const TrainingInputs inputs{
      {{folder.write("train.jsonl", train), 1}}, folder.write("validation.jsonl", validation), {}};
  SilentSinks silent;
  const RejectPolicy policy{.max_rejected = 0.1};
  Rejects rejects(policy, silent.sinks().log);
  return refusal([&] { read_training_data(inputs, text, {}, {}, policy, rejects, silent.sinks(), 2); });
}

}  // namespace

TEST_CASE("each file must pass on its own; one that does not is named") {
  CHECK(refusal_of_files(lines(9, 1), lines(9, 1)) == "");
  CHECK(refusal_of_files(lines(90, 10), lines(10, 0)) == "");
  CHECK(contains(refusal_of_files(lines(9, 1), lines(8, 2)), "validation.jsonl: 2 of 10 records are bad"));
  CHECK(contains(refusal_of_files(lines(8, 2), lines(9, 1)), "train.jsonl: 2 of 10 records are bad"));
  CHECK(contains(refusal_of_files("", lines(9, 1)), "train.jsonl' contains no record to train on"));
}

TEST_CASE("weights of files: whole numbers repeat, fractions take a random part that the seed alone decides") {
  CHECK(mix_places({3}, {1}, 7) == std::vector<MixPlace>{{0, 0}, {0, 1}, {0, 2}});
  CHECK(mix_places({2, 1}, {1, 2}, 7) == std::vector<MixPlace>{{0, 0}, {0, 1}, {1, 0}, {1, 0}});
  const auto half = mix_places({100}, {0.5}, 7);
  CHECK(half.size() == 50);
  CHECK(std::is_sorted(half.begin(), half.end()));
  CHECK(std::adjacent_find(half.begin(), half.end()) == half.end());
  CHECK(half == mix_places({100}, {0.5}, 7));
  CHECK(half != mix_places({100}, {0.5}, 8));
  CHECK(mix_places({100, 10}, {0.5, 1.5}, 7).size() == 65);
}

TEST_CASE("a file of training data may have a weight") {
  const TemporaryFolder folder;
  CHECK(training_file_from("a.jsonl").weight == 1);
  CHECK(training_file_from("a.jsonl=0.5").weight == 0.5);
  CHECK(training_file_from("a=b.jsonl=3").path == "a=b.jsonl");
  const auto odd = folder.write("x=2", "");
  CHECK(training_file_from(odd.string()).path == odd);
  CHECK(training_file_from(odd.string() + "=4").weight == 4);
  for (const char* bad : {"a=", "a=0", "a=-1", "a=1001", "a=x", "a=1x", "=1", "a=nan", "a=inf"})
    CHECK(contains(refusal([&] { training_file_from(bad); }, Kind::usage), "expected FILE or FILE=WEIGHT"));
}
