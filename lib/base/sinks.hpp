// Where a library's words go: log, progress, measured numbers, and the flag that asks it to stop. The terminal ones are
// made in apps, those that tell other programs in lib/tracking.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace intelia {

enum class Level { debug, info, warning, error };

class Log {
 public:
  virtual ~Log() = default;
  virtual void write(Level level, std::string_view message) = 0;
  void debug(std::string_view message) { write(Level::debug, message); }
  void info(std::string_view message) { write(Level::info, message); }
  void warning(std::string_view message) { write(Level::warning, message); }
};

/** A point in a long piece of work: "step 120/800, loss 1.83". */
struct ProgressPoint {
  std::string_view unit;  // what is counted: "step", "conversation"
  std::int64_t done = 0;
  std::int64_t total = 0;   // 0: not known
  std::string_view detail;  // "loss 1.83  2,310 tok/s"
};

class Progress {
 public:
  virtual ~Progress() = default;
  /** Cheap to call often: the sink decides how often it draws. */
  virtual void update(const ProgressPoint& point) = 0;
  /** A few lines that stand above the live line, where there is room; empty: none. */
  virtual void picture(std::string_view) {}
  /** Takes the live line away. */
  virtual void finish() = 0;
};

/** Hears of metrics.jsonl as it grows. What it hears is no part of the work: it returns at once and never throws. */
class MetricsListener {
 public:
  virtual ~MetricsListener() = default;
  /** The file is open; its first `num_lines` lines are those of the run that this one goes on from. */
  virtual void begin(std::int64_t num_lines) = 0;
  /** One more line was written: a JSON object, without its newline. */
  virtual void line(std::string_view json) = 0;
  /** What the model says at `step` after each of the run's prompts, as ids; the line of that step follows. */
  virtual void answers(std::int64_t step, const std::vector<std::vector<std::int32_t>>& ids) = 0;
};

/** Set by a signal handler, read by every loop: whether to stop, and whether a checkpoint is wanted now. */
class StopFlag {
 public:
  void set(int signal_number) { signal_number_.store(signal_number, std::memory_order_relaxed); }
  int signal_number() const { return signal_number_.load(std::memory_order_relaxed); }
  bool is_set() const { return signal_number() != 0; }  // 0: go on
  void request_checkpoint() { wants_checkpoint_.store(true, std::memory_order_relaxed); }
  /** Whether one was asked for since the last call. */
  bool take_checkpoint_request() const { return wants_checkpoint_.exchange(false, std::memory_order_relaxed); }
  /** Throws Interrupted when a stop was asked for. */
  void check(const std::string& what) const {
    if (is_set()) throw Interrupted(signal_number(), what + " was interrupted");
  }

 private:
  std::atomic<int> signal_number_{0};
  mutable std::atomic<bool> wants_checkpoint_{false};
};

struct Sinks {
  Log& log;
  Progress& progress;
  const StopFlag& stop;
  MetricsListener* metrics = nullptr;  // may be absent
};

/** Sinks that say nothing and never stop, for tests and for callers that do not care. */
class SilentSinks {
 public:
  Sinks sinks() { return {log_, progress_, stop_}; }
  StopFlag& stop() { return stop_; }

 private:
  struct NoLog final : Log {
    void write(Level, std::string_view) override {}
  } log_;
  struct NoProgress final : Progress {
    void update(const ProgressPoint&) override {}
    void finish() override {}
  } progress_;
  StopFlag stop_;
};

}  // namespace intelia
