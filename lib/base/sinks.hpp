// The interfaces through which libraries report: log, progress, metrics; and the flag that asks them to stop. Terminal
// implementations are in lib/cli, those for tracking servers in lib/tracking.
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

/** The state of a long operation: "step 120/800, loss 1.83". */
struct ProgressPoint {
  std::string_view unit;  // what is counted: "step", "conversation"
  std::int64_t done = 0;
  std::int64_t total = 0;   // 0: unknown
  std::string_view detail;  // "loss 1.83  2,310 tok/s"
};

class Progress {
 public:
  virtual ~Progress() = default;
  /** Cheap to call: the sink limits how often it redraws. */
  virtual void update(const ProgressPoint& point) = 0;
  /** A few lines shown above the progress line, where there is space; empty: none. */
  virtual void picture(std::string_view) {}
  /** Removes the progress line. */
  virtual void finish() = 0;
};

/** Receives the lines of metrics.jsonl as they are written. It must return at once and never throw. */
class MetricsListener {
 public:
  virtual ~MetricsListener() = default;
  /** The file is open; its first `num_lines` lines are those of the run that is resumed. */
  virtual void begin(std::int64_t num_lines) = 0;
  /** A line was written: a JSON object, without its newline. */
  virtual void line(std::string_view json) = 0;
  /** The answers of the model at `step` to the sample prompts, as ids; the line of that step follows. */
  virtual void answers(std::int64_t step, const std::vector<std::vector<std::int32_t>>& ids) = 0;
};

/** Set by signal handlers and read by every loop: whether to stop, and whether a checkpoint is requested. */
class StopFlag {
 public:
  void set(int signal_number) { signal_number_.store(signal_number, std::memory_order_relaxed); }
  /** The same, without replacing another signal. */
  void set_if_unset(int signal_number) {
    int unset = 0;
    signal_number_.compare_exchange_strong(unset, signal_number, std::memory_order_relaxed);
  }
  int signal_number() const { return signal_number_.load(std::memory_order_relaxed); }
  bool is_set() const { return signal_number() != 0; }  // 0: not set
  /** Unsets the flag if signal `number` has set it; returns whether it had. */
  bool take(int number) const { return signal_number_.compare_exchange_strong(number, 0, std::memory_order_relaxed); }
  void request_checkpoint() { wants_checkpoint_.store(true, std::memory_order_relaxed); }
  /** Whether one was requested since the last call. */
  bool take_checkpoint_request() const { return wants_checkpoint_.exchange(false, std::memory_order_relaxed); }
  /** Throws Interrupted when the flag is set. */
  void check(const std::string& what) const {
    if (is_set()) throw Interrupted(signal_number(), what + " was interrupted");
  }

  /** For work that must be finished after a signal, such as a checkpoint: while one exists, the process is not ended
      because that takes long. */
  class Grace {
   public:
    explicit Grace(const StopFlag& flag) : flag_(flag) { flag_.num_graces_.fetch_add(1); }
    ~Grace() { flag_.num_graces_.fetch_sub(1); }
    Grace(const Grace&) = delete;
    Grace& operator=(const Grace&) = delete;

   private:
    const StopFlag& flag_;
  };
  bool has_grace() const { return num_graces_.load() > 0; }

  /** For a program that goes on after an interrupt: while one exists, SIGINT only sets the flag, until take(). */
  class InterruptsTaken {
   public:
    explicit InterruptsTaken(const StopFlag& flag) : flag_(flag) { flag_.takes_interrupts_.store(true); }
    ~InterruptsTaken() { flag_.takes_interrupts_.store(false); }
    InterruptsTaken(const InterruptsTaken&) = delete;
    InterruptsTaken& operator=(const InterruptsTaken&) = delete;

   private:
    const StopFlag& flag_;
  };
  bool takes_interrupts() const { return takes_interrupts_.load(); }

 private:
  mutable std::atomic<int> signal_number_{0};
  mutable std::atomic<int> num_graces_{0};
  mutable std::atomic<bool> takes_interrupts_{false};
  mutable std::atomic<bool> wants_checkpoint_{false};
};

struct Sinks {
  Log& log;
  Progress& progress;
  const StopFlag& stop;
  MetricsListener* metrics = nullptr;  // may be null
};

/** Sinks that discard everything, for tests and for callers that need none. */
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
