// Memory of coroutine frames: blocks are kept by size and used again, so that a request in steady
// state allocates none. Per thread; a frame is freed on the thread that made it.
#pragma once
#include <cstddef>

namespace sy::net::frames {

// At least `size` bytes, aligned for anything. Throws std::bad_alloc.
[[nodiscard]] void* take(std::size_t size);
// `size` as it was asked for.
void give(void* block, std::size_t size) noexcept;
// Frees what this thread keeps. A thread that ends without it leaks that.
void release() noexcept;

}  // namespace sy::net::frames
