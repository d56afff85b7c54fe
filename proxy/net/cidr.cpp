#include "net/cidr.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sy::net {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int mapped_bits = 96;

Error not_a_network(std::string_view text, std::string_view why) {
  return Error{Blame::self, false, 500, "\"" + std::string{text} + "\" " + std::string{why}};
}

bool equal_bits(const Address& a, const Address& b, int bits) {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(a.bytes.begin(), a.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  b.bytes.begin())) {
    return false;
  }
  const int rest = bits % 8;
  if (rest == 0) return true;
  const int mask = (0xff << (8 - rest)) & 0xff;
  return ((a.bytes[whole] ^ b.bytes[whole]) & mask) == 0;
}

Address cut(const Address& address, int bits) {
  Address out = address;
  for (int bit = bits; bit < 128; ++bit) {
    auto& byte = out.bytes[static_cast<std::size_t>(bit / 8)];
    byte = static_cast<std::uint8_t>(byte & ~(0x80 >> (bit % 8)));
  }
  return out;
}

}  // namespace

Address Address::v4(const std::uint8_t* four) {
  Address out;
  std::copy(mapped_prefix.begin(), mapped_prefix.end(), out.bytes.begin());
  std::copy_n(four, 4, out.bytes.begin() + 12);
  return out;
}

Address Address::v6(const std::uint8_t* sixteen) {
  Address out;
  std::copy_n(sixteen, 16, out.bytes.begin());
  return out;
}

Result<Address> Address::parse(std::string_view text) {
  // inet_pton takes a C string, so a NUL inside would hide what follows it.
  const std::string terminated{text};
  std::array<std::uint8_t, 16> bytes{};
  if (terminated.find('\0') == std::string::npos) {
    if (inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1) return v4(bytes.data());
    if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return v6(bytes.data());
  }
  return not_a_network(text, "is no IPv4 or IPv6 address");
}

bool Address::is_v4() const {
  return std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin());
}

std::string Address::text() const {
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (is_v4()) {
    inet_ntop(AF_INET, bytes.data() + mapped_prefix.size(), out.data(), out.size());
  } else {
    inet_ntop(AF_INET6, bytes.data(), out.data(), out.size());
  }
  return out.data();
}

Result<Cidr> Cidr::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = Address::parse(text.substr(0, slash));
  if (!address) return not_a_network(text, "is no address or network");
  if (slash == std::string_view::npos) return Cidr{*address, 128};

  // By its spelling: ::ffff:10.0.0.0/104 counts from the left of the mapped form.
  const bool dotted = text.substr(0, slash).find(':') == std::string_view::npos;
  const auto digits = text.substr(slash + 1);
  const int most = dotted ? 32 : 128;
  int bits = 0;
  const auto end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, bits);
  if (read.ec != std::errc{} || read.ptr != end || digits.front() == '-' || bits > most) {
    return not_a_network(text, "needs a prefix length from 0 to " + std::to_string(most));
  }
  const int kept = dotted ? bits + mapped_bits : bits;
  const Address network = cut(*address, kept);
  if (network != *address) {
    return not_a_network(text, "has bits set past its prefix; the network is " + network.text() +
                                   "/" + std::to_string(bits));
  }
  return Cidr{network, kept};
}

bool Cidr::contains(const Address& address) const {
  return network.is_v4() == address.is_v4() && equal_bits(network, address, bits);
}

Result<CidrList> CidrList::parse(const std::vector<std::string>& entries) {
  CidrList list;
  for (const auto& entry : entries) {
    const auto network = Cidr::parse(entry);
    if (!network) return network.error();
    list.networks_.push_back(*network);
  }
  return list;
}

bool CidrList::contains(const Address& address) const {
  return std::any_of(networks_.begin(), networks_.end(),
                     [&address](const Cidr& network) { return network.contains(address); });
}

}  // namespace sy::net
