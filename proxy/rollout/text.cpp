// State as text: one "key value…" a line, a version line first, a checksum line last. The text of a
// state is unique, so whatever decodes encodes to the same bytes again.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "rollout/moves.h"
#include "rollout/text_lines.h"

namespace sy::rollout {
namespace {

constexpr std::size_t text_bytes_max = 1 << 20;
// Version 1 had no rollouts, and nothing of what the verdict learned.
constexpr std::array<std::string_view, 2> first_lines{"switchyard-state 1\n",
                                                      "switchyard-state 2\n"};
constexpr std::string_view checksum_key = "checksum ";
constexpr std::size_t checksum_line_size = checksum_key.size() + 8 + 1;

// CRC-32C (Castagnoli, RFC 3720 appendix B.4), which finds every error burst of up to 32 bits.
constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0x82f63b78U : 0U);
    table[i] = value;
  }
  return table;
}();

std::string checksum(std::string_view text) {
  std::uint32_t crc = ~0U;
  for (const char c : text) {
    crc = crc_table[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ (crc >> 8);
  }
  crc = ~crc;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex(8, '0');
  for (std::size_t i = 0; i < hex.size(); ++i) hex[i] = digits[(crc >> (28 - 4 * i)) & 0xf];
  return hex;
}

bool read_weights(Lines& lines, PerColor<int>& weight) {
  const auto words = lines.next("weight");
  if (!words || words->size() != 2) return false;
  return Lines::parse((*words)[0], weight.blue) && Lines::parse((*words)[1], weight.green) &&
         weight.blue >= 0 && weight.blue <= whole && weight.green == whole - weight.blue;
}

bool read_previous(Lines& lines, std::optional<Color>& previous) {
  const auto text = lines.value("previous");
  if (!text) return false;
  previous = parse_color(*text);
  return previous || *text == "none";
}

bool read_deploy(Lines& lines, std::string& deploy) {
  const auto text = lines.value("deploy");
  if (!text || text->empty() || text->size() > 16) return false;
  deploy = *text;
  const auto allowed = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
  return std::all_of(deploy.begin(), deploy.end(), allowed);
}

bool read_upstream(const std::vector<std::string_view>& words, State& state) {
  if (words.size() < 2) return false;
  const auto color = parse_color(words[0]);
  const auto service = unescape(words[1]);
  if (!color || !service) return false;
  std::vector<std::string> urls;
  for (std::size_t i = 2; i < words.size(); ++i) {
    const auto url = unescape(words[i]);
    if (!url) return false;
    urls.push_back(*url);
  }
  return state.upstreams[*color].emplace(*service, std::move(urls)).second;
}

// The shortest text that is this number again. What is no number was never learned.
std::string number(double value) {
  if (!std::isfinite(value) || value <= 0) return "0";
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return std::string(text.data(), end);
}

bool read_baseline(Lines& lines, State& state) {
  Words line{lines.next("baseline").value_or(none)};
  line >> state.baseline_requests >> state.baseline_failures >> state.baseline_learned;
  const auto sound = [](double value) { return std::isfinite(value) && value >= 0; };
  return line.good() && sound(state.baseline_requests) && sound(state.baseline_failures);
}

// The name of the line that is wrong, or empty.
std::string_view read(Lines& lines, State& state, int version) {
  if (!lines.number("generation", state.generation)) return "generation";
  if (!read_weights(lines, state.weight)) return "weight";
  const auto live = parse_color(lines.value("live").value_or(""));
  if (!live) return "live";
  state.live = *live;
  if (!read_previous(lines, state.previous)) return "previous";
  if (!read_deploy(lines, state.deploy)) return "deploy";
  const auto maintenance = lines.value("maintenance");
  if (maintenance != "on" && maintenance != "off") return "maintenance";
  state.maintenance = maintenance == "on";
  std::int64_t since = 0;
  if (!lines.number("since", since)) return "since";
  state.since = WallTime{std::chrono::milliseconds{since}};
  while (const auto words = lines.next("upstream")) {
    if (!read_upstream(*words, state)) return "upstream";
  }
  if (version > 1) {
    Words guarded{lines.next("guarded").value_or(none)};
    if (!(guarded >> state.guarded).good()) return "guarded";
    if (!read_baseline(lines, state)) return "baseline";
    if (const auto wrong = read_rollout(lines, state); !wrong.empty()) return wrong;
  }
  return lines.done() ? "" : "last";
}

Error unreadable(std::string what) {
  return Error{.blame = Blame::self, .retryable = false, .status = 500, .what = std::move(what)};
}

std::string encode_as(int version, const State& state) {
  std::string text{first_lines[static_cast<std::size_t>(version) - 1]};
  const auto line = [&text](std::string_view key, const std::string& value) {
    text.append(key).append(" ").append(value).append("\n");
  };
  line("generation", std::to_string(state.generation));
  line("weight", std::to_string(state.weight.blue) + " " + std::to_string(state.weight.green));
  line("live", std::string(name(state.live)));
  line("previous", state.previous ? std::string(name(*state.previous)) : "none");
  line("deploy", state.deploy);
  line("maintenance", state.maintenance ? "on" : "off");
  line("since", std::to_string(state.since.time_since_epoch().count()));
  for (const Color color : colors) {
    for (const auto& [service, urls] : state.upstreams[color]) {
      std::string value = std::string(name(color)) + " " + escape(service);
      for (const std::string& url : urls) value += " " + escape(url);
      line("upstream", value);
    }
  }
  if (version > 1) {
    line("guarded", state.guarded ? "on" : "off");
    line("baseline", number(state.baseline_requests) + " " + number(state.baseline_failures) + " " +
                         std::to_string(state.baseline_learned.time_since_epoch().count()));
    text += rollout_lines(state);
  }
  const std::string sum = checksum(text);
  line("checksum", sum);
  return text;
}

}  // namespace

std::string encode(const State& state) { return encode_as(2, state); }

Result<State> decode(std::string_view text) {
  if (text.empty()) return unreadable("empty");
  if (text.size() > text_bytes_max) return unreadable("longer than 1 MiB");
  const bool old = text.starts_with(first_lines[0]);
  if (!old && !text.starts_with(first_lines[1])) {
    return unreadable("not a state of version 1 or 2");
  }
  const int version = old ? 1 : 2;
  const auto first_line = first_lines[old ? 0 : 1];
  if (text.size() < first_line.size() + checksum_line_size) return unreadable("torn: no checksum");
  const auto body = text.substr(0, text.size() - checksum_line_size);
  const auto last = text.substr(body.size());
  if (!body.ends_with('\n') || !last.starts_with(checksum_key) || !last.ends_with('\n')) {
    return unreadable("torn: no checksum");
  }
  if (last.substr(checksum_key.size(), 8) != checksum(body)) {
    return unreadable("checksum does not match");
  }
  Lines lines{body.substr(first_line.size())};
  State state;
  if (const auto wrong = read(lines, state, version); !wrong.empty()) {
    return unreadable("line \"" + std::string(wrong) + "\" cannot be read");
  }
  if (encode_as(version, state) != text) return unreadable("not in canonical form");
  return state;
}

std::string percent(int weight) {
  const bool negative = weight < 0;
  const int size = negative ? -weight : weight;
  std::string text = (negative ? "-" : "") + std::to_string(size / 100);
  if (const int rest = size % 100; rest != 0) {
    text += rest < 10 ? ".0" : ".";
    text += std::to_string(rest % 10 == 0 ? rest / 10 : rest);
  }
  return text + " %";
}

}  // namespace sy::rollout
