// State as text: one "key value…" a line, a version line first, a checksum line last. The text of a
// state is unique, so whatever decodes encodes to the same bytes again.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "rollout/state.h"

namespace sy::rollout {
namespace {

constexpr int whole = 10'000;
constexpr std::size_t text_bytes_max = 1 << 20;
constexpr std::string_view first_line = "switchyard-state 1\n";
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

// A word without spaces or line ends; "%" alone stands for the empty one.
std::string escape(std::string_view word) {
  constexpr std::string_view digits = "0123456789abcdef";
  if (word.empty()) return "%";
  std::string text;
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte != '%' && byte != 0x7f) {
      text += c;
    } else {
      text += {'%', digits[byte >> 4], digits[byte & 0xf]};
    }
  }
  return text;
}

std::optional<unsigned char> hex_byte(std::string_view two) {
  unsigned char byte = 0;
  const auto end = two.data() + two.size();
  const auto [stop, error] = std::from_chars(two.data(), end, byte, 16);
  if (two.size() != 2 || error != std::errc{} || stop != end) return std::nullopt;
  return byte;
}

std::optional<std::string> unescape(std::string_view text) {
  std::string word;
  if (text == "%") return word;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      word += text[i];
      continue;
    }
    const auto byte = hex_byte(text.substr(i + 1, 2));
    if (!byte) return std::nullopt;
    word += static_cast<char>(*byte);
    i += 2;
  }
  return word;
}

// Takes the text line by line and word by word; the first thing out of place ends it.
class Lines {
 public:
  explicit Lines(std::string_view rest) : rest_{rest} {}

  // The words after `key` on the next line, or nothing when the next line has another key.
  std::optional<std::vector<std::string_view>> next(std::string_view key) {
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = rest_.substr(0, end);
    if (line.substr(0, line.find(' ')) != key) return std::nullopt;
    rest_.remove_prefix(end + 1);
    std::vector<std::string_view> words;
    for (auto space = line.find(' '); space != std::string_view::npos; space = line.find(' ')) {
      line.remove_prefix(space + 1);
      words.push_back(line.substr(0, line.find(' ')));
    }
    return words;
  }
  std::optional<std::string_view> value(std::string_view key) {
    const auto words = next(key);
    if (!words || words->size() != 1) return std::nullopt;
    return words->front();
  }
  template <class Number>
  bool number(std::string_view key, Number& to) {
    const auto text = value(key);
    return text && parse(*text, to);
  }
  template <class Number>
  static bool parse(std::string_view text, Number& to) {
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, to);
    return error == std::errc{} && stop == end;
  }
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

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

// The name of the line that is wrong, or empty.
std::string_view read(Lines& lines, State& state) {
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
  return lines.done() ? "" : "last";
}

Error unreadable(std::string what) {
  return Error{.blame = Blame::self, .retryable = false, .status = 500, .what = std::move(what)};
}

}  // namespace

std::string encode(const State& state) {
  std::string text{first_line};
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
  const std::string sum = checksum(text);
  line("checksum", sum);
  return text;
}

Result<State> decode(std::string_view text) {
  if (text.empty()) return unreadable("empty");
  if (text.size() > text_bytes_max) return unreadable("longer than 1 MiB");
  if (!text.starts_with(first_line)) return unreadable("not a state of version 1");
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
  if (const auto wrong = read(lines, state); !wrong.empty()) {
    return unreadable("line \"" + std::string(wrong) + "\" cannot be read");
  }
  if (encode(state) != text) return unreadable("not in canonical form");
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
