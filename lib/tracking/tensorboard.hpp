// Event files for TensorBoard, OUTPUT/tensorboard/events.out.tfevents.…: records with masked CRC-32C around protobuf
// messages, encoded here (tensorboard/compat/proto/event.proto, summary.proto). A resumed run starts another file,
// whose first event tells TensorBoard which points of the earlier files to discard.
#pragma once

#include <memory>

#include "tracking/tracker.hpp"

namespace intelia {

std::unique_ptr<Tracker> make_tensorboard(const TrackedRun& run);

/** CRC-32C (Castagnoli; RFC 3720, B.4) of `bytes`. */
std::uint32_t crc32c(std::string_view bytes);

/** `data` as one record: length, its masked checksum, data, its masked checksum; all little-endian. */
std::string event_record(std::string_view data);

}  // namespace intelia
