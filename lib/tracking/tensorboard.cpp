#include "tracking/tensorboard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
#include "record/json_text.hpp"
#include "tracking/append_file.hpp"

namespace intelia {

namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little, "event files are little-endian");

std::uint32_t crc32c(std::string_view bytes) {
  static constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0x82F63B78U : 0);
      table[i] = value;
    }
    return table;
  }();
  std::uint32_t value = ~0U;
  for (const char c : bytes) value = kTable[(value ^ static_cast<unsigned char>(c)) & 0xFF] ^ (value >> 8);
  return ~value;
}

namespace {

template <class Number>
std::string little_endian(Number number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

std::string masked_checksum(std::string_view bytes) {
  const std::uint32_t value = crc32c(bytes);
  return little_endian(std::rotr(value, 15) + 0xA282EAD8U);
}

/** A protobuf message, built field by field. */
class Message {
 public:
  Message& whole(int field, std::uint64_t value) {
    tag(field, 0);
    varint(value);
    return *this;
  }
  Message& real(int field, double value) {
    tag(field, 1);
    bytes_ += little_endian(value);
    return *this;
  }
  Message& single(int field, float value) {
    tag(field, 5);
    bytes_ += little_endian(value);
    return *this;
  }
  Message& text(int field, std::string_view value) {
    tag(field, 2);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  Message& message(int field, const Message& value) { return text(field, value.bytes_); }
  const std::string& bytes() const { return bytes_; }

 private:
  void tag(int field, int wire_type) {
    varint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(wire_type));
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }
  std::string bytes_;
};

Message event(double time, std::int64_t step) {
  return Message().real(1, time).whole(2, static_cast<std::uint64_t>(step));
}

/** A Summary of one text: a string tensor for TensorBoard's text plug-in. */
Message text_summary(const std::string& tag, const std::string& text) {
  constexpr int kString = 7;  // DT_STRING
  const Message tensor = Message().whole(1, kString).message(2, Message()).text(8, text);
  const Message metadata = Message().message(1, Message().text(1, "text"));
  return Message().message(1, Message().text(1, tag).message(8, tensor).message(9, metadata));
}

/** The settings as a Markdown table. */
std::string settings_table(const Json& settings) {
  std::string table = "| setting | value |\n| --- | --- |\n";
  for (const auto& [name, value] : settings.items()) {
    std::string text = value.is_string() ? value.get<std::string>() : json_text(value);
    for (std::size_t at = 0; (at = text.find_first_of("|\n", at)) != std::string::npos; at += 2)
      text.replace(at, 1, text[at] == '|' ? "\\|" : "  ");
    table += fmt::format("| {} | {} |\n", name, text);
  }
  return table;
}

constexpr std::string_view kPrefix = "events.out.tfevents.";

class TensorBoard final : public Tracker {
 public:
  explicit TensorBoard(const TrackedRun& run) : run_(run) {}
  const char* name() const override { return "TensorBoard"; }

  void begin(const std::vector<MetricsLine>& kept) override {
    const fs::path folder = tracker_folder(run_.output, "tensorboard");
    std::vector<std::string> files = folder_members(folder);
    std::erase_if(files, [](const std::string& name) { return !name.starts_with(kPrefix); });
    const std::string mark = ".intelia-" + run_.identity.substr(0, 8) + ".";
    const bool is_same_run = std::all_of(files.begin(), files.end(),
                                         [&](const std::string& file) { return file.find(mark) != std::string::npos; });
    if (kept.empty() || !is_same_run) {
      for (const std::string& file : files) remove_file(folder / file);
      files.clear();
    }

    // TensorBoard reads the files in order of their names, so the name of a later file must sort later whatever the
    // clock says.
    const double now = unix_seconds();
    auto second = static_cast<std::int64_t>(now);
    if (!files.empty()) second = std::max<std::int64_t>(second, std::atoll(files.back().c_str() + kPrefix.size()));
    file_.emplace(folder / fmt::format("{}{:010}{}{:04}", kPrefix, second, mark, files.size()));
    const std::int64_t first_step = files.empty() ? 0 : kept.back().step + 1;
    constexpr int kStart = 1;  // SessionLog.START: events of earlier files from this step on are discarded
    write(event(now, 0).text(3, "brain.Event:2"));
    write(event(now, first_step).message(7, Message().whole(1, kStart)));
    write(event(now, first_step).message(5, text_summary("settings", settings_table(run_.settings))));
    if (files.empty())
      for (const MetricsLine& before : kept) line(before);
  }

  void line(const MetricsLine& line) override {
    if (line.scalars.empty()) return;
    Message summary;
    for (const auto& [name, value] : line.scalars)
      summary.message(1, Message().text(1, name).single(2, static_cast<float>(value)));
    write(event(line.time, line.step).message(5, summary));
  }

  void end(RunStatus) override { file_.reset(); }

 private:
  void write(const Message& message) { file_->append(event_record(message.bytes())); }

  TrackedRun run_;
  std::optional<AppendFile> file_;
};

}  // namespace

std::string event_record(std::string_view data) {
  const std::string length = little_endian(static_cast<std::uint64_t>(data.size()));
  std::string record = length + masked_checksum(length);
  record += data;
  return record + masked_checksum(data);
}

std::unique_ptr<Tracker> make_tensorboard(const TrackedRun& run) { return std::make_unique<TensorBoard>(run); }

}  // namespace intelia
