#include "http/tokens.h"

#include <cstring>

namespace sy::http {
namespace {

struct Known {
  std::string_view name;
  FieldId id;
};

template <class Word>
Word load(const char* at) {
  Word word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Equal but for case. REQUIRES: `name` is a token, `known` holds lower-case letters, digits and "-"
// only, and both are as long: then setting the bit of lower case makes equal what is, and nothing
// else.
template <class Word>
bool alike(std::string_view name, std::string_view known) {
  constexpr auto bits = static_cast<Word>(0x2020202020202020U);
  const std::size_t last = name.size() - sizeof(Word);
  for (std::size_t at = 0; at < last; at += sizeof(Word))
    if ((load<Word>(name.data() + at) | bits) != load<Word>(known.data() + at)) return false;
  return (load<Word>(name.data() + last) | bits) == load<Word>(known.data() + last);
}

FieldId one_of(std::string_view name, std::initializer_list<Known> candidates) {
  for (const Known& known : candidates) {
    const bool found = name.size() >= 8   ? alike<std::uint64_t>(name, known.name)
                       : name.size() >= 4 ? alike<std::uint32_t>(name, known.name)
                                          : equals(name, known.name);
    if (found) return known.id;
  }
  return FieldId::other;
}

}  // namespace

FieldId field_id(std::string_view name) {
  using enum FieldId;
  switch (name.size()) {
    case 2: return one_of(name, {{"te", te}});
    case 3: return one_of(name, {{"via", via}});
    case 4: return one_of(name, {{"host", host}, {"date", date}});
    case 6: return one_of(name, {{"accept", accept}, {"cookie", cookie}, {"expect", expect}});
    case 7: return one_of(name, {{"upgrade", upgrade}, {"trailer", trailer}});
    case 9: return one_of(name, {{"forwarded", forwarded}});
    case 10:
      return one_of(
          name,
          {{"connection", connection}, {"set-cookie", set_cookie}, {"keep-alive", keep_alive}});
    case 11: return one_of(name, {{"traceparent", FieldId::traceparent}});
    case 12: return one_of(name, {{"max-forwards", max_forwards}, {"x-request-id", x_request_id}});
    case 14:
      return one_of(name, {{"content-length", content_length}, {"http2-settings", http2_settings}});
    case 15:
      return one_of(name,
                    {{"x-forwarded-for", x_forwarded_for}, {"idempotency-key", idempotency_key}});
    case 16:
      return one_of(
          name, {{"x-forwarded-host", x_forwarded_host}, {"proxy-connection", proxy_connection}});
    case 17:
      return one_of(name, {{"x-forwarded-proto", x_forwarded_proto},
                           {"transfer-encoding", transfer_encoding}});
    case 18:
      return one_of(name, {{"x-switchyard-color", switchyard_color},
                           {"x-switchyard-token", switchyard_token},
                           {"proxy-authenticate", proxy_authenticate}});
    default: return other;
  }
}

}  // namespace sy::http
