#include "control/records/record.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <charconv>
#include <utility>

#include "control/records/text.h"

namespace sy::control::records {
namespace {

namespace json = boost::json;

constexpr int schema = 1;
constexpr std::size_t reason_bytes_max = 300;
constexpr std::size_t services_max = 64;
constexpr std::int64_t count_max = 10'000;
constexpr std::int64_t seconds_max = 253'402'300'799;  // the last of the year 9999

// Letters for the operations of `recent`; what is not here stands as it is.
struct Letter {
  std::string_view name;
  std::string_view letter;
};
constexpr std::array<Letter, 7> letters{{{"deploy", "d"},
                                         {"rollback", "r"},
                                         {"drill", "t"},
                                         {"restart", "s"},
                                         {"scale", "c"},
                                         {"lock", "l"},
                                         {"import", "i"}}};
constexpr std::array<std::string_view, 4> results{"failed", "succeeded", "rolled_back", "released"};

std::string letter_of(const std::string& op) {
  for (const Letter& one : letters) {
    if (op == one.name) return std::string{one.letter};
  }
  return op;
}

std::string op_of(const std::string& letter) {
  for (const Letter& one : letters) {
    if (letter == one.letter) return std::string{one.name};
  }
  return letter;
}

// Words that `recent` repeats, written once: who did it, services and families of definitions.
class Names {
 public:
  std::string place(const std::string& name) {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found != names_.end()) return std::to_string(found - names_.begin());
    names_.push_back(name);
    return std::to_string(names_.size() - 1);
  }
  [[nodiscard]] std::string text() const {
    std::string out;
    for (const std::string& name : names_) out += (out.empty() ? "" : ",") + quoted(name);
    return "[" + out + "]";
  }

 private:
  std::vector<std::string> names_;
};

std::string seconds_text(WallTime at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  return std::to_string(std::max<std::int64_t>(seconds, 0));
}

// A number that is written no other way: 17, not 017.
bool is_plain_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && stop == text.data() + text.size() && number > 0 &&
         number <= whole_max && text.front() != '0';
}

// "pms-backend:17" is the place of "pms-backend" and 17; 0 stands for the version, a string for
// anything else.
std::string definition_text(const std::string& definition, const Version& version, Names& names) {
  const auto colon = definition.rfind(':');
  if (colon == std::string::npos) return names.place(definition) + ",\"\"";
  const std::string tail = definition.substr(colon + 1);
  const std::string family = names.place(definition.substr(0, colon + 1));
  if (is_plain_number(tail)) return family + "," + tail;
  if (tail == version) return family + ",0";
  return family + "," + quoted(tail);
}

std::string operation_text(const Operation& operation, Names& names) {
  std::string out = "{\"v\":" + quoted(operation.version) + ",\"at\":" + seconds_text(operation.at);
  out += ",\"op\":" + quoted(letter_of(operation.op)) + ",\"ok\":";
  const auto found = std::find(results.begin(), results.end(), operation.result);
  out +=
      found != results.end() ? std::to_string(found - results.begin()) : quoted(operation.result);
  if (!operation.by.empty()) out += ",\"by\":" + names.place(operation.by);
  std::string definitions;
  for (const auto& [service, definition] : operation.definitions) {
    definitions += (definitions.empty() ? "" : ",") + names.place(service) + ",";
    definitions += definition_text(definition, operation.version, names);
  }
  if (!definitions.empty()) out += ",\"td\":[" + definitions + "]";
  return out + "}";
}

std::string release_text(const Release& release) {
  const std::string color{name(release.color)};
  std::string out = "{\"version\":" + quoted(release.version);
  out += ",\"git_sha\":" + quoted(release.git_sha);
  out += ",\"deployed_at\":\"" + time_text(release.deployed_at) + "\"";
  out += ",\"by\":" + quoted(release.by) + ",\"run\":" + quoted(release.run);
  out += ",\"color\":\"" + color + "\",\"services\":{";
  std::string services;
  for (const auto& [service, one] : release.services) {
    services += (services.empty() ? "" : ",") + quoted(service);
    services += ":{\"td\":" + quoted(one.definition) + ",\"digest\":" + quoted(one.digest);
    services += ",\"color\":\"" + color + "\",\"count\":" + std::to_string(one.count) + "}";
  }
  return out + services + "}}";
}

std::string text_of(const Record& record, std::size_t recent_count) {
  std::string out = "{\"schema\":" + std::to_string(schema) + ",\"env\":" + quoted(record.env);
  out += ",\"epoch\":" + std::to_string(record.epoch) + ",\"nonce\":" + quoted(record.nonce);
  out += ",\"op\":" + quoted(record.op) + ",\"result\":" + quoted(record.result);
  out += ",\"reason\":" + quoted(cleaned(record.reason, reason_bytes_max));
  if (record.current) out += ",\"current\":" + release_text(*record.current);
  if (record.previous) out += ",\"previous\":" + release_text(*record.previous);
  Names names;
  std::string recent;
  for (std::size_t i = 0; i < recent_count; ++i)
    recent += (i == 0 ? "" : ",") + operation_text(record.recent[i], names);
  return out + ",\"names\":" + names.text() + ",\"recent\":[" + recent + "]}";
}

Failure foreign() {
  return {ExitCode::refused, "what stands in place of the record was not written by switchctl",
          "To begin a record here, which keeps that text only in the store's own history: "
          "switchctl versions ENV --import"};
}

Failure damaged(std::string_view member) {
  return {ExitCode::refused,
          "the record cannot be read: \"" + std::string{member} + "\" in it makes no sense",
          "Put the last good version of it back, from the store's history; nothing was changed."};
}

Failure other_schema() {
  return {ExitCode::refused,
          "the record has a schema that this switchctl does not know (it knows 1)",
          "Use the switchctl that wrote it, or a newer one; nothing was changed."};
}

// 0: it says none, as the text of other programs does.
std::int64_t schema_of(const json::object& object) {
  const auto* said = object.if_contains("schema");
  return said && said->is_int64() ? said->get_int64() : 0;
}

void read_service(const json::value& value, ServiceRelease& into, std::string& color,
                  Members& outer) {
  if (!value.is_object()) return outer.complain("services");
  Members members{value.get_object()};
  std::int64_t count = 0;
  members.text("td", into.definition);
  members.text("digest", into.digest);
  members.text("color", color);
  members.number("count", 0, count_max, count);
  into.count = static_cast<int>(count);
  if (!members.complaint().empty()) outer.complain(members.complaint());
}

Release read_release(const json::object& object, Members& outer) {
  Members members{object};
  Release release;
  std::string color;
  members.text("version", release.version);
  members.text("git_sha", release.git_sha);
  members.time("deployed_at", release.deployed_at);
  members.text("by", release.by);
  members.text("run", release.run);
  if (const auto* services = members.object("services")) {
    if (services->size() > services_max) members.complain("services");
    for (const auto& [service, value] : *services)
      read_service(value, release.services[cleaned(service, string_bytes_max)], color, members);
  }
  members.text("color", color);
  const auto parsed = parse_color(color);
  if (!parsed) members.complain("color");
  release.color = parsed.value_or(Color::blue);
  if (!members.complaint().empty()) outer.complain(members.complaint());
  return release;
}

std::vector<std::string> read_names(Members& members) {
  std::vector<std::string> names;
  const auto* array = members.array("names");
  if (!array) return names;
  for (const auto& value : *array) {
    const auto* text = value.if_string();
    if (!text) members.complain("names");
    names.push_back(text ? cleaned(std::string_view{*text}, string_bytes_max) : "");
  }
  return names;
}

// The name at the place that `value` says; nothing when there is none.
const std::string* name_at(const json::value& value, const std::vector<std::string>& names) {
  const auto* place = value.if_int64();
  if (!place || *place < 0 || static_cast<std::size_t>(*place) >= names.size()) return nullptr;
  return &names[static_cast<std::size_t>(*place)];
}

// service, family and tail of a definition, again and again.
bool read_definitions(const json::array& flat, const std::vector<std::string>& names,
                      Operation& operation) {
  if (flat.size() % 3 != 0 || flat.size() > 3 * services_max) return false;
  for (std::size_t i = 0; i < flat.size(); i += 3) {
    const auto* service = name_at(flat[i], names);
    const auto* family = name_at(flat[i + 1], names);
    const auto* number = flat[i + 2].if_int64();
    const auto* text = flat[i + 2].if_string();
    if (!service || !family || (!number && !text) || (number && *number < 0)) return false;
    std::string tail = text ? cleaned(std::string_view{*text}, string_bytes_max) : "";
    if (number) tail = *number == 0 ? operation.version : std::to_string(*number);
    operation.definitions[*service] = *family + tail;
  }
  return true;
}

std::optional<Operation> read_operation(const json::value& value,
                                        const std::vector<std::string>& names) {
  if (!value.is_object()) return std::nullopt;
  const json::object& object = value.get_object();
  Members members{object};
  Operation operation;
  std::int64_t at = 0;
  members.text("v", operation.version);
  members.number("at", 0, seconds_max, at);
  operation.at = WallTime{std::chrono::seconds{at}};
  members.text("op", operation.op);
  operation.op = op_of(operation.op);
  if (const auto* result = object.if_contains("ok"); result && result->is_int64()) {
    const auto number = result->get_int64();
    if (number < 0 || number >= static_cast<std::int64_t>(results.size())) return std::nullopt;
    operation.result = results[static_cast<std::size_t>(number)];
  } else {
    members.text("ok", operation.result);
  }
  if (const auto* by = object.if_contains("by")) {
    const auto* who = name_at(*by, names);
    if (!who) return std::nullopt;
    operation.by = *who;
  }
  const auto* definitions = members.array("td");
  if (definitions && !read_definitions(*definitions, names, operation)) return std::nullopt;
  if (!members.complaint().empty()) return std::nullopt;
  return operation;
}

void read_recent(Members& members, Record& record) {
  const auto names = read_names(members);
  const auto* recent = members.array("recent");
  if (!recent) return;
  for (const auto& value : *recent) {
    if (record.recent.size() == recent_max) return;
    auto operation = read_operation(value, names);
    if (!operation) return members.complain("recent");
    record.recent.push_back(std::move(*operation));
  }
}

}  // namespace

Try<std::string> encode(const Record& record) {
  const std::size_t most = std::min(record.recent.size(), recent_max);
  for (std::size_t count = most + 1; count-- > 0;) {
    std::string text = text_of(record, count);
    if (text.size() <= record_bytes_max) return text;
  }
  const std::string most_bytes = std::to_string(record_bytes_max);
  return Failure{ExitCode::refused,
                 "the record does not fit into " + most_bytes + " bytes even without its history",
                 "Use shorter names of services, definitions or runs, or fewer services."};
}

bool is_foreign(std::string_view text) {
  const auto object = parse_object(text);
  return !object || schema_of(*object) == 0;
}

Try<Record> decode(std::string_view text) {
  const auto object = parse_object(text);
  if (!object || schema_of(*object) == 0) return foreign();
  if (schema_of(*object) != schema) return other_schema();
  Members members{*object};
  Record record;
  std::int64_t epoch = -1;
  members.number("epoch", 0, whole_max, epoch);
  if (epoch < 0) members.complain("epoch");
  record.epoch = static_cast<std::uint64_t>(std::max<std::int64_t>(epoch, 0));
  members.text("env", record.env);
  members.text("nonce", record.nonce);
  members.text("op", record.op);
  members.text("result", record.result);
  members.text("reason", record.reason);
  if (const auto* current = members.object("current"))
    record.current = read_release(*current, members);
  if (const auto* previous = members.object("previous"))
    record.previous = read_release(*previous, members);
  read_recent(members, record);
  if (!members.complaint().empty()) return damaged(members.complaint());
  return record;
}

Record after(const Record& before, const Operation& operation,
             const std::optional<Release>& current, const std::optional<Release>& previous) {
  Record next;
  next.epoch = before.epoch + 1;
  next.env = before.env;
  next.op = operation.op;
  next.result = operation.result;
  next.current = current;
  next.previous = previous;
  next.recent = before.recent;
  next.recent.insert(next.recent.begin(), operation);
  if (next.recent.size() > recent_max) next.recent.resize(recent_max);
  return next;
}

}  // namespace sy::control::records
