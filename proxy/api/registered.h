// What is entered somewhere for as long as a coroutine lives.
#pragma once
#include <functional>
#include <list>
#include <utility>

#include "api/control.h"

namespace sy::api {

// A place on a list of what is alive, oldest first.
template <class T>
class Listed {
 public:
  Listed(std::list<T*>& list, T& item) : list_{list}, at_{list.insert(list.end(), &item)} {}
  Listed(const Listed&) = delete;
  Listed& operator=(const Listed&) = delete;
  ~Listed() { list_.erase(at_); }

 private:
  std::list<T*>& list_;
  typename std::list<T*>::iterator at_;
};

// A subscription that wakes a timer, and one of the places for event streams.
class Following {
 public:
  template <class Timer>
  Following(Control& control, std::size_t& streams, Timer& timer)
      : control_{control}, streams_{streams}, id_{control.subscribe([this, &timer] {
          woken_ = true;
          timer.cancel();
        })} {
    ++streams_;
  }
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;
  ~Following() {
    control_.unsubscribe(id_);
    --streams_;
  }
  // Whether something happened since this was asked.
  [[nodiscard]] bool take_woken() { return std::exchange(woken_, false); }

 private:
  Control& control_;
  std::size_t& streams_;
  bool woken_ = false;
  std::uint64_t id_;
};

}  // namespace sy::api
