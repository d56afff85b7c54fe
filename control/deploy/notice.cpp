#include "control/deploy/notice.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/check.h"
#include "base/time_text.h"
#include "control/deploy/web.h"

namespace sy::control::deploy {
namespace {

namespace json = boost::json;

constexpr int tries_max = 3;
constexpr std::chrono::seconds first_wait{1};  // then twice as long
constexpr std::size_t slack_bytes_max = 3'000;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '\n':
      case '\r': out += ' '; break;
      default: out += c;
    }
  }
  return out;
}

std::string spoken(std::string text) {
  for (char& c : text)
    if (c == '_') c = ' ';
  return text;
}

// At most `bytes_max`, cut between characters (RFC 3629 section 3).
std::string cut(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  text.resize(end);
  return text += "…";
}

bool may_pass(int status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

// One target.
class Delivery {
 public:
  Delivery(const Notice& target, const Ending& ending, Pace& pace)
      : target_{target}, ending_{ending}, pace_{pace} {
    question_.method = "POST";
    question_.url = target.url;
    question_.body = target.slack ? slack_body(ending) : json_body(ending);
  }

  Told run() {
    Told told{.name = target_.name};
    Duration wait = first_wait;
    for (int tries = 1;; ++tries, wait *= 2) {
      const bool again = attempt(told);
      if (told.delivered || !again || tries == tries_max) return told;
      if (!pace_.wait(wait)) return told;
    }
  }

 private:
  // True: trying again may help.
  bool attempt(Told& told) {
    question_.fields = {{"Content-Type", "application/json"},
                        {"X-Switchyard-Delivery", ending_.id}};
    if (!target_.slack) {
      const auto now = std::chrono::floor<std::chrono::seconds>(pace_.wall());
      question_.fields.emplace_back("X-Switchyard-Signature",
                                    signature(target_.secret, now, question_.body));
    }
    const auto reply = ask_web(question_, pace_);
    if (!reply) {
      told.why = reply.error().what;
      return reply.error().code == ExitCode::failed || reply.error().code == ExitCode::timed_out;
    }
    told.delivered = reply->status >= 200 && reply->status < 300;
    told.why = told.delivered ? "" : "status " + std::to_string(reply->status);
    return may_pass(reply->status);
  }

  const Notice& target_;
  const Ending& ending_;
  Pace& pace_;
  Question question_;
};

}  // namespace

std::vector<Told> tell_all(const std::vector<Notice>& targets, const Ending& ending, Pace& pace,
                           Teller& teller) {
  std::vector<Told> all;
  for (const Notice& target : targets) {
    Told told = Delivery{target, ending, pace}.run();
    if (told.delivered) {
      teller.tell({Note::Kind::progress, "notify", target.name + " was told"});
    } else {
      teller.tell({Note::Kind::warning, "notify", target.name + " was not told: " + told.why});
    }
    all.push_back(std::move(told));
  }
  return all;
}

std::string json_body(const Ending& ending) {
  json::object all;
  all["id"] = ending.id;
  all["type"] = ending.outcome;
  all["operation"] = ending.operation;
  all["at"] = iso(ending.at);
  all["app"] = ending.app;
  all["environment"] = ending.environment;
  all["color"] = ending.color;
  all["version"] = ending.version;
  all["previous"] = ending.previous;
  all["what"] = ending.what;
  all["actor"] = ending.actor;
  all["reason"] = ending.reason;
  all["exit"] = static_cast<int>(ending.exit);
  return json::serialize(all);
}

std::string slack_body(const Ending& ending) {
  std::string text = "*" + escaped(ending.app + ' ' + ending.environment) + "* ";
  text += escaped(ending.operation);
  if (!ending.version.empty()) text += " of " + escaped(ending.version);
  if (!ending.color.empty()) text += " in " + escaped(ending.color);
  text += " *" + escaped(spoken(ending.outcome)) + '*';
  if (!ending.what.empty()) text += ": " + escaped(cut(ending.what, slack_bytes_max / 2));
  if (!ending.actor.empty()) {
    text += " (" + escaped(ending.actor);
    if (!ending.reason.empty()) text += ": " + escaped(cut(ending.reason, slack_bytes_max / 4));
    text += ')';
  }
  json::object all;
  all["text"] = text;
  return json::serialize(all);
}

std::string signature(std::string_view secret, std::chrono::sys_seconds at, std::string_view body) {
  constexpr std::string_view digits = "0123456789abcdef";
  const std::string time = std::to_string(at.time_since_epoch().count());
  const std::string text = time + '.' + std::string{body};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  SY_CHECK(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
                &size) != nullptr);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += digits[digest[i] >> 4U];
    hex += digits[digest[i] & 15U];
  }
  return "t=" + time + ",v1=" + hex;
}

}  // namespace sy::control::deploy
