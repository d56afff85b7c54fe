#include "net/buffer.h"

namespace sy::net {

BufferPool::~BufferPool() {
  for (char* block : small_) ::operator delete(block);
  for (char* block : large_) ::operator delete(block);
}

char* BufferPool::take(std::size_t size) {
  auto& kept = size == small ? small_ : large_;
  if (kept.empty()) return static_cast<char*>(::operator new(size));
  char* block = kept.back();
  kept.pop_back();
  return block;
}

void BufferPool::give(char* block, std::size_t size) {
  auto& kept = size == small ? small_ : large_;
  if (kept.size() < kept_max) {
    kept.push_back(block);
  } else {
    ::operator delete(block);
  }
}

std::span<char> Buffer::space() {
  if (block_ == nullptr) {
    block_ = pool_.take(BufferPool::small);
    capacity_ = BufferPool::small;
    begin_ = end_ = 0;
  }
  if (begin_ != 0 && capacity_ - end_ < capacity_ / 2) {
    std::memmove(block_, block_ + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return {block_ + end_, capacity_ - end_};
}

void Buffer::consume(std::size_t count) {
  begin_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

void Buffer::grow() {
  if (capacity_ == BufferPool::large) return;
  char* larger = pool_.take(BufferPool::large);
  const std::size_t held = size();
  if (held != 0) std::memcpy(larger, block_ + begin_, held);
  drop();
  block_ = larger;
  capacity_ = BufferPool::large;
  end_ = held;
}

void Buffer::drop() {
  if (block_ != nullptr) pool_.give(block_, capacity_);
  block_ = nullptr;
  capacity_ = begin_ = end_ = 0;
}

}  // namespace sy::net
