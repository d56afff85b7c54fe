#include "notify/webhooks.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <utility>

#include "base/check.h"
#include "notify/payload.h"
#include "notify/schedule.h"

namespace sy::notify {
namespace {

namespace asio = boost::asio;
using director::Notice;

bool wants(const Target& target, const std::string& type) {
  const auto& events = target.events;
  return events.empty() || std::find(events.begin(), events.end(), type) != events.end();
}

std::string hex(std::uint64_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += digits[number >> shift & 15U];
  return text;
}

// "answered 503", or what kept it from answering.
std::string words(const Attempted& found) {
  return found.fault.empty() ? "answered " + std::to_string(found.status) : found.fault;
}

// Clears the flag however a coroutine ends.
struct Clearing {
  bool& flag;
  explicit Clearing(bool& busy) : flag{busy} {}
  Clearing(const Clearing&) = delete;
  Clearing& operator=(const Clearing&) = delete;
  ~Clearing() { flag = false; }
};

}  // namespace

Webhooks::Webhooks(net::Executor executor, const TimeSource& time, Options options, Setup setup)
    : executor_{executor},
      time_{time},
      setup_{std::move(setup)},
      random_{setup_.seed},
      ids_{hex(random_())},
      flush_{executor},
      resolver_{executor, time, setup_.resolving},
      tasks_{executor},
      closing_{executor} {
  SY_CHECK(setup_.tls != nullptr);
  reload(std::move(options));
}

Webhooks::~Webhooks() = default;

void Webhooks::notify(const Notice& notice) {
  if (stopping_) return;
  sweep();
  for (Channel& channel : channels_) {
    if (!channel.retired && wants(channel.target, notice.type)) push(channel, notice);
  }
}

void Webhooks::reload(Options options) {
  options_ = std::move(options);
  for (Channel& channel : channels_) channel.retired = true;
  for (const Target& target : options_.targets) {
    Channel* channel = find(target.name);
    if (channel == nullptr) {
      channels_.push_back(Channel{.target = {},
                                  .url = {},
                                  .queue = {},
                                  .current = {},
                                  .counters = {},
                                  .rest = Timer{executor_}});
      channel = &channels_.back();
    }
    take(*channel, target);
  }
  for (Channel& channel : channels_) {
    if (!channel.retired) continue;
    if (channel.current || !channel.queue.empty())
      report(channel, "no longer configured: its notices are dropped");
    channel.queue.clear();
    channel.rest.cancel();
  }
  sweep();
  watch_hosts();
}

void Webhooks::take(Channel& channel, const Target& target) {
  channel.retired = false;
  if (channel.target == target) return;
  channel.target = target;
  channel.url.reset();
  auto url = parse_url(target.url);
  if (url) {
    channel.url = std::move(*url);
  } else {
    report(channel, url.error().what);
  }
  channel.failures = 0;
  channel.rest.cancel();
}

void Webhooks::watch_hosts() {
  std::vector<std::string> hosts;
  for (const Channel& channel : channels_) {
    if (!channel.retired && channel.url) hosts.push_back(channel.url->host);
  }
  resolver_.watch(std::move(hosts));
}

Webhooks::Channel* Webhooks::find(std::string_view name) {
  const auto found = std::find_if(channels_.begin(), channels_.end(), [&](const Channel& channel) {
    return channel.target.name == name;
  });
  return found == channels_.end() ? nullptr : &*found;
}

void Webhooks::sweep() {
  channels_.remove_if([](const Channel& channel) { return channel.retired && !channel.busy; });
}

void Webhooks::push(Channel& channel, const Notice& notice) {
  channel.queue.push_back({ids_ + '-' + std::to_string(++last_id_), notice, time_.now()});
  if (channel.queue.size() > options_.queue_max) {
    channel.queue.pop_front();
    ++channel.counters.dropped;
    if (!std::exchange(channel.overflowed, true)) {
      report(channel, "over " + std::to_string(options_.queue_max) +
                          " notices wait: the oldest are dropped");
    }
  }
  if (!std::exchange(channel.busy, true)) tasks_.spawn(deliver(channel));
}

// Sends what is queued and ends; the next notice starts another. REQUIRES: busy is set.
net::Awaitable<> Webhooks::deliver(Channel& channel) {
  const Clearing clearing{channel.busy};
  co_await asio::post(executor_, net::use_awaitable);  // not inside notify()
  while (!channel.retired && (channel.current || !channel.queue.empty())) {
    if (!channel.current) {
      channel.current = std::move(channel.queue.front());
      channel.queue.pop_front();
    }
    const Attempted found = co_await try_once(channel);
    if (ended_) break;
    const Duration wait = settle(channel, found);
    if (wait == Duration::zero()) continue;
    if (stopping_) break;
    channel.rest.expires_after(wait);
    net::error_code woken;
    co_await channel.rest.async_wait(asio::redirect_error(net::use_awaitable, woken));
  }
}

net::Awaitable<Attempted> Webhooks::try_once(Channel& channel) {
  Attempted none;
  none.fault = "its url is not one";
  if (!channel.url) co_return none;
  const Posting posting = posting_for(channel);
  none.fault = "its host has no address: " + resolver_.last_error(posting.url.host);
  if (posting.address.empty()) co_return none;
  co_return co_await attempt(executor_, posting, *setup_.tls);
}

Posting Webhooks::posting_for(const Channel& channel) const {
  const Target& target = channel.target;
  Posting posting;
  posting.url = *channel.url;
  posting.timeout = options_.timeout;
  const auto addresses = resolver_.addresses(posting.url.host);
  if (!addresses.empty())
    posting.address = addresses[static_cast<std::size_t>(channel.failures) % addresses.size()];
  posting.body = body(target.kind, channel.current->notice, channel.current->id);
  posting.fields = {{"User-Agent", "switchyard/" + setup_.version},
                    {"Content-Type", "application/json"},
                    {"X-Switchyard-Delivery", channel.current->id}};
  if (!target.secret.empty()) {
    const auto now = std::chrono::floor<std::chrono::seconds>(time_.wall());
    posting.fields.emplace_back("X-Switchyard-Signature",
                                signature(target.secret, now, posting.body));
  }
  return posting;
}

Duration Webhooks::settle(Channel& channel, const Attempted& found) {
  const Answer answer = found.status == 0 ? Answer::again : meaning(found.status);
  if (answer == Answer::delivered) {
    if (channel.failures > 0) report(channel, "answers again");
    channel.failures = 0;
    channel.overflowed = false;
    channel.current.reset();
    ++channel.counters.sent;
    return Duration::zero();
  }
  ++channel.counters.failed;
  if (answer == Answer::never || !channel.url) {
    drop(channel, words(found) + ", which trying again would not change");
    return Duration::zero();
  }
  if (++channel.failures == 1) report(channel, words(found) + "; it is tried again");
  const auto asked = retry_after(found.retry_after, time_.wall());
  const Duration wait =
      wait_for(options_.retry, back_off(options_.retry, channel.failures, random_()), asked);
  if (time_.now() + wait - channel.current->made > options_.retry.give_up)
    drop(channel, words(found) + ", too often");
  return wait;
}

void Webhooks::drop(Channel& channel, const std::string& why) {
  ++channel.counters.dropped;
  report(channel, "notice " + channel.current->id + " (" + channel.current->notice.type +
                      ") is dropped: " + why);
  channel.current.reset();
}

net::Awaitable<> Webhooks::stop() {
  stopping_ = true;
  for (Channel& channel : channels_) channel.rest.cancel();
  closing_.spawn(end_flush());
  co_await tasks_.wait();
  closing_.stop();
  co_await closing_.wait();
  co_await resolver_.stop();
  for (Channel& channel : channels_) {
    const std::size_t left = channel.queue.size() + (channel.current ? 1 : 0);
    channel.counters.dropped += left;
    channel.queue.clear();
    channel.current.reset();
    if (left > 0) report(channel, "left unsent at the end: " + std::to_string(left));
  }
}

net::Awaitable<> Webhooks::end_flush() {
  flush_.expires_after(options_.flush);
  net::error_code cancelled;
  co_await flush_.async_wait(asio::redirect_error(net::use_awaitable, cancelled));
  if (cancelled) co_return;
  ended_ = true;
  tasks_.stop();
}

std::map<std::string, Counters> Webhooks::counters() const {
  std::map<std::string, Counters> found;
  for (const Channel& channel : channels_) {
    if (channel.retired) continue;
    Counters& counters = found[channel.target.name];
    counters = channel.counters;
    counters.queued = channel.queue.size() + (channel.current ? 1 : 0);
  }
  return found;
}

void Webhooks::report(const Channel& channel, const std::string& what) const {
  if (setup_.report) setup_.report(channel.target.name, what);
}

}  // namespace sy::notify
