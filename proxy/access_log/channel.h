// A bounded ring of batches between one worker and the writer thread.
//
// Lines must cross a thread border without either side waiting, many times a second and while the
// control thread is busy, so this is one of the few places with atomics: two counters, each written
// by one side only. The worker touches the slots from `handed_over` up, the writer thread those
// from `taken` up to `handed_over`.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace sy::access_log {

class Channel {
 public:
  static constexpr std::size_t slots = 32;
  static constexpr std::size_t batch_bytes = 64 * 1024;

  // The worker's side. The batch to append to, or null while all wait to be written.
  [[nodiscard]] std::string* filling() {
    const auto mine = handed_over_.load(std::memory_order_relaxed);
    const auto taken = taken_.load(std::memory_order_acquire);
    if (mine - taken == slots) return nullptr;
    std::string& batch = slot(mine);
    if (batch.capacity() < batch_bytes) make_room(batch, taken);
    return &batch;
  }
  void hand_over() {
    handed_over_.store(handed_over_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  void drop() { dropped_.fetch_add(1, std::memory_order_relaxed); }
  // True when the writer thread has taken every batch handed over.
  [[nodiscard]] bool idle() const {
    return handed_over_.load(std::memory_order_relaxed) == taken_.load(std::memory_order_acquire);
  }

  // The writer thread's side. The oldest batch, or null.
  [[nodiscard]] std::string* oldest() {
    const auto next = taken_.load(std::memory_order_relaxed);
    if (next == handed_over_.load(std::memory_order_acquire)) return nullptr;
    return &slot(next);
  }
  void take() {
    const auto next = taken_.load(std::memory_order_relaxed);
    slot(next).clear();
    taken_.store(next + 1, std::memory_order_release);
  }

  // Any thread.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  std::string& slot(std::uint64_t number) { return ring_[number % slots]; }
  // Takes over the buffer of the batch that was written last, so that a ring that is never more
  // than one batch behind needs two buffers and not one a slot.
  void make_room(std::string& batch, std::uint64_t taken) {
    if (taken > 0 && slot(taken - 1).capacity() >= batch_bytes) {
      batch.swap(slot(taken - 1));
    } else {
      batch.reserve(batch_bytes);
    }
  }

  std::array<std::string, slots> ring_;
  alignas(64) std::atomic<std::uint64_t> handed_over_{0};
  alignas(64) std::atomic<std::uint64_t> taken_{0};
  alignas(64) std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace sy::access_log
