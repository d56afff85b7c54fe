#include "net/proxy_protocol.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace sy::net {
namespace {

using Found = ProxyHeader::Found;

constexpr std::string_view v1_signature = "PROXY ";
constexpr std::string_view v2_signature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t v2_fixed = 16;
constexpr std::size_t v4_addresses = 12;
constexpr std::size_t v6_addresses = 36;

ProxyHeader bad(std::string_view why) { return {.found = Found::bad, .why = why}; }
ProxyHeader local(std::size_t size) { return {.found = Found::local, .size = size}; }

// True while `bytes` may still become `signature`.
bool begins(std::string_view bytes, std::string_view signature) {
  const auto shared = std::min(bytes.size(), signature.size());
  return bytes.substr(0, shared) == signature.substr(0, shared);
}

// The word before the next space; the rest is left in `line`.
std::string_view take_word(std::string_view& line) {
  const auto space = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  return word;
}

// Section 2.1: decimal, 0 to 65535, no leading zeroes.
std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return port;
}

std::optional<Address> parse_address(std::string_view text, bool v4) {
  const auto parsed = Address::parse(text);
  const bool colons = text.find(':') != std::string_view::npos;
  if (!parsed || colons == v4) return std::nullopt;
  return *parsed;
}

ProxyHeader parse_v1(std::string_view bytes) {
  const auto first = bytes.substr(0, proxy_v1_bytes_max);
  const auto end = first.find("\r\n");
  if (end == std::string_view::npos) {
    return bytes.size() < proxy_v1_bytes_max ? ProxyHeader{} : bad("v1 line is too long");
  }
  auto line = first.substr(0, end).substr(v1_signature.size());
  const auto spaces = std::count(line.begin(), line.end(), ' ');
  const auto family = take_word(line);
  if (family == "UNKNOWN") return local(end + 2);
  if (family != "TCP4" && family != "TCP6") return bad("v1 family is unknown");
  if (spaces != 4) return bad("v1 line has not six words");

  const bool v4 = family == "TCP4";
  const auto source = parse_address(take_word(line), v4);
  const auto destination = parse_address(take_word(line), v4);
  const auto source_port = parse_port(take_word(line));
  const auto destination_port = parse_port(line);
  if (!source || !destination) return bad("v1 address is malformed");
  if (!source_port || !destination_port) return bad("v1 port is malformed");
  return {.found = Found::proxied,
          .size = end + 2,
          .source = *source,
          .destination = *destination,
          .source_port = *source_port,
          .destination_port = *destination_port};
}

std::uint16_t big_endian(const std::uint8_t* two) {
  return static_cast<std::uint16_t>((two[0] << 8) | two[1]);
}

ProxyHeader addresses(const std::uint8_t* body, bool v4, std::size_t size) {
  const std::size_t width = v4 ? 4 : 16;
  return {.found = Found::proxied,
          .size = size,
          .source = v4 ? Address::v4(body) : Address::v6(body),
          .destination = v4 ? Address::v4(body + width) : Address::v6(body + width),
          .source_port = big_endian(body + 2 * width),
          .destination_port = big_endian(body + 2 * width + 2)};
}

ProxyHeader parse_v2(std::string_view bytes) {
  if (bytes.size() < v2_fixed) return {};
  const auto* octets = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const int version = octets[12] >> 4;
  const int command = octets[12] & 0x0f;
  const int family = octets[13] >> 4;
  const int transport = octets[13] & 0x0f;
  if (version != 2) return bad("v2 version is not 2");
  if (command > 1) return bad("v2 command is unknown");
  if (family > 3 || transport > 2) return bad("v2 family is unknown");

  const std::size_t length = big_endian(octets + 14);
  const std::size_t size = v2_fixed + length;
  if (size > proxy_v2_bytes_max) return bad("v2 header is too long");
  const bool v4 = family == 1;
  const bool tcp = transport == 1 && (v4 || family == 2);
  // Section 2.2: what we have no use for falls back to UNSPEC, that is, to the real addresses.
  const bool speaks = command == 1 && tcp;
  if (speaks && length < (v4 ? v4_addresses : v6_addresses)) return bad("v2 header is too short");
  if (bytes.size() < size) return {};
  return speaks ? addresses(octets + v2_fixed, v4, size) : local(size);
}

}  // namespace

ProxyHeader parse_proxy_header(std::string_view bytes) {
  if (begins(bytes, v1_signature)) {
    return bytes.size() < v1_signature.size() ? ProxyHeader{} : parse_v1(bytes);
  }
  if (begins(bytes, v2_signature)) {
    return bytes.size() < v2_signature.size() ? ProxyHeader{} : parse_v2(bytes);
  }
  return bad("not a PROXY header");
}

}  // namespace sy::net
