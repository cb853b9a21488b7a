// The allowed fraction of rejected records applies to each file separately.
#include "training/training_data.hpp"

#include <doctest/doctest.h>

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
  const TrainingInputs inputs{folder.write("train.jsonl", train), folder.write("validation.jsonl", validation), {}};
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
