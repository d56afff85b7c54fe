// Addresses and networks as values: parsed, compared, printed. IPv4 is kept in its mapped form, so
// a client that arrives on a dual-stack socket is in the same network as one that does not.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace sy::net {

struct Address {
  std::array<std::uint8_t, 16> bytes{};  // network order; IPv4 as ::ffff:a.b.c.d

  [[nodiscard]] static Address v4(const std::uint8_t* four);
  [[nodiscard]] static Address v6(const std::uint8_t* sixteen);
  [[nodiscard]] static Result<Address> parse(std::string_view text);  // numeric only
  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] std::string text() const;  // "10.0.0.1", "2001:db8::1"
  bool operator==(const Address&) const = default;
};

struct Cidr {
  Address network;
  int bits = 128;  // of the mapped form: 10.0.0.0/8 is 104

  // "10.0.0.0/8", "fd00::/8", or an address, which is a network of one.
  [[nodiscard]] static Result<Cidr> parse(std::string_view text);
  // IPv4 addresses are in IPv4 networks only: ::/0 does not hold them.
  [[nodiscard]] bool contains(const Address& address) const;
  bool operator==(const Cidr&) const = default;
};

class CidrList {
 public:
  CidrList() = default;  // contains nothing
  // The error quotes the entry.
  [[nodiscard]] static Result<CidrList> parse(const std::vector<std::string>& entries);
  [[nodiscard]] bool contains(const Address& address) const;
  [[nodiscard]] bool empty() const { return networks_.empty(); }
  bool operator==(const CidrList&) const = default;

 private:
  std::vector<Cidr> networks_;
};

}  // namespace sy::net
