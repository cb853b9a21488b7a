#include "options/export_options.hpp"

namespace intelia {

void declare_onto(OptionTable& table, Onto& onto) {
  table.add(
      "onto", onto,
      "Base values that the adapter is merged into: 16bit: as stored; nf4: NF4, dequantized; auto: those that the "
      "adapter was trained on, by its manifest",
      {{"auto", Onto::automatic}, {"16bit", Onto::stored}, {"nf4", Onto::nf4}});
}

void declare_max_file_size(OptionTable& table, double& gigabytes) {
  table.add("max-file-gigabytes", gigabytes, "Maximum size of a file of weights; larger models are sharded");
}

std::uint64_t file_bytes_of(double gigabytes) {
  if (!(gigabytes > 0 && gigabytes <= 1e6))
    throw Error(Kind::usage, "--max-file-gigabytes must be above 0, at most 1e6");
  return static_cast<std::uint64_t>(gigabytes * 1e9);
}

}  // namespace intelia
