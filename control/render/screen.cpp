#include "control/render/screen.h"

#include <algorithm>
#include <cmath>

#include "control/facts/words.h"
#include "control/render/proxy.h"

namespace sy::control {
namespace {

constexpr double whole = 10'000;
constexpr std::size_t shut_gates_max = 6;
constexpr std::size_t evidence_max = 4;  // lines kept for recent events, however full it is

std::string text_of(Color color) { return std::string{name(color)}; }

std::string padded(std::string text, std::size_t width) {
  const auto wide = columns(text);
  if (wide < width) text.append(width - wide, ' ');
  return text;
}

std::string cropped(const std::string& text, std::size_t width) {
  if (width == 0 || columns(text) <= width) return text;
  std::string all;
  std::size_t used = 0;
  for (const char byte : text) {
    const bool begins = (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
    if (begins && ++used == width) break;
    all += byte;
  }
  return all + "…";
}

class Screen {
 public:
  Screen(const Facts& facts, const Canvas& canvas)
      : facts_{facts}, canvas_{canvas}, look_{canvas.columns, canvas.colors} {}

  std::vector<std::string> run(const std::vector<api::EntryView>& recent) {
    head();
    for (const auto& proxy : facts_.proxies) show(proxy);
    tasks();
    for (const auto& words : out_of_reach(facts_)) add("no answer from " + words, Tone::bad);
    const std::size_t most = canvas_.rows > 1 ? canvas_.rows - 1 : 0;
    const std::size_t kept = std::min(recent.size(), evidence_max) + 1;
    if (lines_.size() + kept > most) lines_.resize(most > kept ? most - kept : 0);
    events(recent, most);
    lines_.resize(most);
    if (canvas_.rows > 0) add("Ctrl-C ends this view; nothing else ends with it", Tone::faint);
    return std::move(lines_);
  }

 private:
  void add(const std::string& text, Tone tone = Tone::plain) {
    lines_.push_back(toned(cropped(printable(text), canvas_.columns), tone, look_));
  }

  void head() {
    add(facts_.environment + "  " + date_text(facts_.now).substr(0, 11) +
            clock_text(facts_.now).substr(0, 8) + " UTC  traffic is " + traffic_text(facts_),
        Tone::strong);
    const auto* record = record_of(facts_);
    if (record != nullptr && record->current)
      add("recorded: " + record->current->version + " in " + text_of(record->current->color) + " " +
          since_text(record->current->deployed_at, facts_.now));
    if (const auto stands = standing(facts_)) {
      add(stands->what, stands->at_work ? Tone::warning : Tone::bad);
      if (!stands->at_work && !stands->run.empty()) add("run: " + stands->run.front());
    }
  }

  void show(const ProxyFacts& proxy) {
    if (!proxy.status) return;
    const auto& status = *proxy.status;
    add("");
    add(proxy.url + ": " + status.phase +
        (status.maintenance ? ", clients see the maintenance page" : ""));
    if (!status.note.empty()) add("note: " + status.note, Tone::warning);
    for (const Color color : colors) show_color(status, color);
    if (status.rollout) show_rollout(*status.rollout);
    if (status.verdict.kind != "none" && !status.verdict.words.empty())
      add("verdict: " + status.verdict.words,
          status.verdict.kind == "breach" ? Tone::bad : Tone::plain);
    if (!status.rollout && status.last_rollout)
      add("last rollout: " + version_text(status.last_rollout->version) + " " +
          status.last_rollout->outcome +
          (status.last_rollout->why.empty() ? "" : ": " + status.last_rollout->why));
    show_gates(status);
  }

  void show_color(const api::StatusView& status, Color color) {
    const auto& shown = status.colors[color];
    const std::string label = text_of(color) + (status.live == color ? " live" : "");
    Tone tone = status.live == color ? Tone::good : Tone::warning;
    if (!shown.open) tone = shown.weight > 0 ? Tone::bad : Tone::faint;
    std::string effective = api::percent_text(shown.effective) + " %";
    if (shown.effective == shown.weight) effective.clear();
    add(padded(label, 10) + " " + bar(shown.weight / whole, 20) + " " +
            padded(api::percent_text(shown.weight) + " %", 7) +
            (effective.empty() ? "" : "really " + effective + "  ") +
            padded(version_text(shown.version), 18) + " " + fixed(shown.requests_per_second, 1) +
            " req/s, " + std::to_string(shown.errors) + "/" + std::to_string(shown.requests) +
            " failed, p50 " + fixed(shown.p50_ms, 1) + " ms, p99 " + fixed(shown.p99_ms, 1) +
            " ms" + (shown.open || shown.why.empty() ? "" : ": " + shown.why),
        tone);
  }

  void show_rollout(const api::RolloutView& rollout) {
    add("rollout " + rollout.id + " of " + version_text(rollout.version) + " " +
        bar(rollout.weight / whole, 20) + " " + phase_text(rollout) +
        (rollout.paused ? ", paused" : ""));
    add("  holds: " + holds_text(rollout) + "; plan " + rollout.plan + ", begun by " +
        rollout.actor);
  }

  void show_gates(const api::StatusView& status) {
    const auto shut = std::count_if(status.gates.begin(), status.gates.end(),
                                    [](const auto& gate) { return !gate.open; });
    const auto all = static_cast<std::int64_t>(status.gates.size());
    add("gates: " + std::to_string(all - shut) + " of " + std::to_string(all) + " open");
    std::size_t told = 0;
    for (const auto& gate : status.gates) {
      if (gate.open || ++told > shut_gates_max) continue;
      add("  " + gate.service + " " + text_of(gate.color) + " " + gate.url +
              " shut: " + gate.reason,
          status.colors[gate.color].weight > 0 ? Tone::bad : Tone::faint);
    }
  }

  void tasks() {
    const auto* observation = known(facts_.observation);
    if (observation == nullptr || observation->empty() || facts_.platform == "static") return;
    add("");
    for (const auto& [service, running] : *observation) {
      std::string text = "tasks of " + padded(service, 12);
      bool short_of = false;
      for (const Color color : colors) {
        const auto& one = running[color];
        short_of = short_of || one.running < one.desired;
        text += " " + text_of(color) + " " + std::to_string(one.running) + "/" +
                std::to_string(one.desired) + " " + version_text(one.version);
      }
      add(text, short_of ? Tone::warning : Tone::plain);
    }
  }

  void events(const std::vector<api::EntryView>& recent, std::size_t most) {
    const std::size_t room = most > lines_.size() + 2 ? most - lines_.size() - 2 : 0;
    const std::size_t count = std::min(room, recent.size());
    if (count == 0) return;
    add("");
    for (auto entry = recent.rbegin(); entry != recent.rbegin() + static_cast<long>(count); ++entry)
      add(clock_text(entry->at).substr(0, 8) + " " + entry->actor + " " + entry->action + ": " +
              entry->detail,
          Tone::faint);
  }

  const Facts& facts_;
  const Canvas& canvas_;
  Look look_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> screen(const Facts& facts, const std::vector<api::EntryView>& recent,
                                const Canvas& canvas) {
  return Screen{facts, canvas}.run(recent);
}

std::string drawn(const std::vector<std::string>& lines) {
  std::string text = "\x1b[H";
  for (std::size_t i = 0; i < lines.size(); ++i)
    text += lines[i] + "\x1b[K" + (i + 1 < lines.size() ? "\r\n" : "");
  return text + "\x1b[J";
}

std::string watch_line(const Facts& facts) {
  std::string text = facts.environment + ": traffic is " + traffic_text(facts);
  for (const auto& proxy : facts.proxies) {
    if (!proxy.status) {
      text += "; " + proxy.url + " does not answer";
      continue;
    }
    const auto& status = *proxy.status;
    const std::string which = facts.proxies.size() > 1 ? proxy.url + " " : "";
    text +=
        "; " + which +
        (status.rollout ? version_text(status.rollout->version) + " " + phase_text(*status.rollout)
                        : status.phase);
    if (status.verdict.kind != "none" && !status.verdict.words.empty())
      text += "; " + status.verdict.words;
  }
  if (const auto stands = standing(facts)) text += "; " + stands->what;
  return printable(text);
}

std::string bar(double share, std::size_t cells) {
  const double held = std::clamp(share, 0.0, 1.0) * static_cast<double>(cells);
  const auto filled = static_cast<std::size_t>(std::lround(held));
  return "[" + std::string(filled, '#') + std::string(cells - filled, '-') + "]";
}

}  // namespace sy::control
