#include "control/tellers.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <ostream>

#include "base/time_text.h"
#include "config/text.h"
#include "control/github.h"

namespace sy::control {
namespace {

constexpr std::size_t line_bytes_max = 2'000;
constexpr auto draw_over = "\r\x1b[K";

std::string_view name_of(Note::Kind kind) {
  switch (kind) {
    case Note::Kind::begun: return "begun";
    case Note::Kind::progress: return "progress";
    case Note::Kind::done: return "done";
    case Note::Kind::warning: return "warning";
    case Note::Kind::undone: return "undone";
  }
  return "";
}

std::string percent(double share) {
  return std::to_string(static_cast<int>(std::floor(std::clamp(share, 0.0, 1.0) * 100))) + " %";
}

// "start: 2 of 3 tasks run": one line, whatever `what` holds.
std::string sentence(const Note& note) {
  std::string text;
  if (note.kind == Note::Kind::warning) text = "warning: ";
  if (note.kind == Note::Kind::undone) text = "undone: ";
  if (!note.step.empty()) text += note.step + ": ";
  if (note.kind == Note::Kind::done) text += note.what.empty() ? "done" : "done: ";
  return text + config::shown(note.what, line_bytes_max);
}

// The same again is not said again: progress is told at every look.
class Repeats {
 public:
  // `shares`: another share is something new.
  explicit Repeats(bool shares) : shares_{shares} {}
  bool is(const Note& note) {
    std::string now = std::string{name_of(note.kind)} + '\n' + note.step + '\n' + note.what;
    if (shares_ && note.share >= 0) now += '\n' + percent(note.share);
    if (now == last_) return true;
    last_ = std::move(now);
    return false;
  }

 private:
  bool shares_;
  std::string last_;
};

class LineTeller final : public Teller {
 public:
  LineTeller(std::ostream& out, bool github) : out_{out}, github_{github} {}
  LineTeller(const LineTeller&) = delete;
  LineTeller& operator=(const LineTeller&) = delete;
  ~LineTeller() override { end_group(); }

  void tell(const Note& note) override {
    if (repeats_.is(note)) return;
    if (!github_) {
      out_ << sentence(note) << std::endl;
      return;
    }
    if (note.kind == Note::Kind::begun) begin_group(note);
    if (note.kind == Note::Kind::warning)
      out_ << github::command("warning", "switchctl", sentence(note)) << std::flush;
    else if (note.kind != Note::Kind::begun)
      out_ << github::plain(sentence(note)) << std::endl;
    if (note.kind == Note::Kind::done) end_group();
  }

 private:
  void begin_group(const Note& note) {
    end_group();
    out_ << github::command("group", "", sentence(note)) << std::flush;
    grouped_ = true;
  }
  void end_group() {
    if (grouped_) out_ << "::endgroup::" << std::endl;
    grouped_ = false;
  }

  std::ostream& out_;
  bool github_;
  bool grouped_ = false;
  Repeats repeats_{false};
};

class LiveTeller final : public Teller {
 public:
  LiveTeller(std::ostream& out, std::size_t columns) : out_{out}, columns_{columns} {}
  LiveTeller(const LiveTeller&) = delete;
  LiveTeller& operator=(const LiveTeller&) = delete;
  ~LiveTeller() override {
    if (drawn_) out_ << draw_over << std::flush;
  }

  void tell(const Note& note) override {
    if (repeats_.is(note)) return;
    out_ << draw_over;
    drawn_ = note.kind == Note::Kind::progress;
    if (drawn_)
      out_ << bar(note) << std::flush;
    else
      out_ << sentence(note) << std::endl;
  }

 private:
  // It must not wrap, or it could not be drawn over.
  [[nodiscard]] std::string bar(const Note& note) const {
    constexpr int cells = 20;
    std::string text;
    if (note.share >= 0) {
      const auto filled =
          static_cast<std::size_t>(std::floor(std::clamp(note.share, 0.0, 1.0) * cells));
      text = '[' + std::string(filled, '#') + std::string(cells - filled, '-') + "] " +
             percent(note.share) + "  ";
    }
    text += sentence(note);
    if (columns_ > 4 && text.size() >= columns_) text = config::shown(text, columns_ - 4);
    return text;
  }

  std::ostream& out_;
  std::size_t columns_;
  bool drawn_ = false;
  Repeats repeats_{true};
};

class JsonTeller final : public Teller {
 public:
  JsonTeller(std::ostream& out, const Pace& pace) : out_{out}, pace_{pace} {}
  void tell(const Note& note) override {
    if (!repeats_.is(note)) out_ << note_line(note, pace_.wall()) << std::flush;
  }

 private:
  std::ostream& out_;
  const Pace& pace_;
  Repeats repeats_{true};
};

}  // namespace

std::unique_ptr<Teller> make_teller(const Manner& manner, std::ostream& out, const Pace& pace) {
  if (manner.json) return std::make_unique<JsonTeller>(out, pace);
  if (manner.live) return std::make_unique<LiveTeller>(out, manner.columns);
  return std::make_unique<LineTeller>(out, manner.github);
}

std::string note_line(const Note& note, WallTime at) {
  boost::json::object line{{"at", iso(at)},
                           {"step", note.step},
                           {"kind", name_of(note.kind)},
                           {"what", config::shown(note.what, line_bytes_max)}};
  if (note.share >= 0) line["share"] = std::clamp(note.share, 0.0, 1.0);
  for (const auto& [name, value] : note.fields)
    if (!line.contains(name)) line[name] = config::shown(value, line_bytes_max);
  return boost::json::serialize(line) + '\n';
}

}  // namespace sy::control
