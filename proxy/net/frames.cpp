#include "net/frames.h"

#include <array>
#include <new>

namespace sy::net::frames {
namespace {

constexpr std::size_t step = 64;
constexpr std::size_t classes = 48;  // blocks up to 3 KiB are kept
constexpr std::size_t kept_max = 256;

#ifdef __SANITIZE_ADDRESS__
constexpr bool reuse = false;  // the use of a frame that was freed is to be noticed
#else
constexpr bool reuse = true;
#endif

struct Free {
  Free* next;
};

struct Kept {
  Free* first = nullptr;
  std::size_t count = 0;
};

// No destructor, so that reaching it costs no check of whether it has been constructed.
constinit thread_local std::array<Kept, classes> store{};

std::size_t class_of(std::size_t size) { return (size + step - 1) / step; }

}  // namespace

void* take(std::size_t size) {
  const std::size_t at = class_of(size);
  if (!reuse || at >= classes) return ::operator new(size);
  Kept& kept = store[at];
  if (kept.first == nullptr) return ::operator new(at* step);
  Free* const block = kept.first;
  kept.first = block->next;
  --kept.count;
  return block;
}

void give(void* block, std::size_t size) noexcept {
  const std::size_t at = class_of(size);
  if (!reuse || at >= classes || store[at].count >= kept_max) return ::operator delete(block);
  Kept& kept = store[at];
  kept.first = new (block) Free{kept.first};
  ++kept.count;
}

void release() noexcept {
  for (Kept& kept : store) {
    while (kept.first != nullptr) {
      Free* const next = kept.first->next;
      ::operator delete(kept.first);
      kept.first = next;
    }
    kept.count = 0;
  }
}

}  // namespace sy::net::frames
