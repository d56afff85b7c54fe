// Byte buffers on blocks borrowed from a worker's pool, so that an idle connection holds none.
#pragma once
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace sy::net {

// Two sizes of blocks, kept for reuse. One per thread.
class BufferPool {
 public:
  static constexpr std::size_t small = 16 * 1024;
  static constexpr std::size_t large = 64 * 1024;
  BufferPool() = default;
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  ~BufferPool();
  [[nodiscard]] char* take(std::size_t size);  // small or large
  void give(char* block, std::size_t size);

 private:
  static constexpr std::size_t kept_max = 128;  // of each size
  std::vector<char*> small_;
  std::vector<char*> large_;
};

// A queue of bytes in one contiguous block. Views are good until the next space(), grow() or
// release().
class Buffer {
 public:
  explicit Buffer(BufferPool& pool) : pool_{pool} {}
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { drop(); }

  [[nodiscard]] std::string_view bytes() const { return {block_ + begin_, end_ - begin_}; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] bool full() const { return begin_ == 0 && end_ == capacity_ && capacity_ != 0; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  // Where to put more; empty only when full().
  [[nodiscard]] std::span<char> space();
  void commit(std::size_t count) { end_ += count; }
  void consume(std::size_t count);
  void clear() { begin_ = end_ = 0; }
  // Moves to the large block size; at the large size already, does nothing.
  void grow();
  // Gives the block back when nothing is in it.
  void release() {
    if (empty()) drop();
  }

 private:
  void drop();
  BufferPool& pool_;
  char* block_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace sy::net
