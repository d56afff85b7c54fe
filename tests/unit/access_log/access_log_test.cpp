#include "access_log/access_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "access_log/channel.h"
#include "support/manual_time.h"

namespace sy::access_log {
namespace {

using namespace std::chrono_literals;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    close_read_end();
    close_write_end();
  }
  void close_read_end() { shut(read_end); }
  void close_write_end() { shut(write_end); }
  // Everything up to the end of file.
  std::string read_all() const {
    std::string all;
    std::array<char, 65'536> some;
    for (;;) {
      const auto n = ::read(read_end, some.data(), some.size());
      if (n <= 0) return all;
      all.append(some.data(), static_cast<std::size_t>(n));
    }
  }
  // What is there once anything is.
  std::string read_some() const {
    std::string text(65'536, '\0');
    const auto n = ::read(read_end, text.data(), text.size());
    text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return text;
  }

  // The same, with the tick that a worker has: a flush while the one before is still being written
  // does nothing, and the next one makes up for it.
  std::string read_some(Writer& ticking) const {
    pollfd readable{read_end, POLLIN, 0};
    do {
      ticking.flush();
    } while (::poll(&readable, 1, 0) == 0);
    return read_some();
  }

  int read_end = -1;
  int write_end = -1;

 private:
  static void shut(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
};

struct Directory {
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "sy_access_log_XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in{path};
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// Whole lines that are not about lost ones.
std::size_t records(const std::string& text) {
  std::size_t gaps = 0;
  for (auto at = text.find("lines_dropped"); at != std::string::npos;
       at = text.find("lines_dropped", at + 1)) {
    ++gaps;
  }
  return lines(text) - gaps;
}

Record numbered(std::uint64_t n) {
  return Record{
      .method = Method::get, .service = "backend", .route = "/api/", .status = 200, .bytes_in = n};
}

std::string formatted(const Record& record) {
  Formatter formatter;
  std::string out;
  formatter.line(out, record);
  return out;
}

class AccessLog : public ::testing::Test {
 protected:
  sy::testing::ManualTime time;
  Directory directory;
};

TEST_F(AccessLog, WritesWhatWasAddedInOrderOnceStopped) {
  const auto path = directory.path / "access.log";
  auto sink = Sink::open(path, time).value();
  std::string expected;
  {
    Writer writer{*sink};
    for (std::uint64_t n = 0; n < 5'000; ++n) {
      writer.add(numbered(n));
      expected += formatted(numbered(n));
    }
  }
  sink->stop(1s);
  EXPECT_EQ(read_file(path), expected);
  EXPECT_EQ(sink->dropped(), 0u);
}

TEST_F(AccessLog, HandsOverOnFlushWithoutWaitingForAFullBatch) {
  const Pipe pipe;
  Sink sink{pipe.write_end, time};
  Writer writer{sink};
  writer.add(numbered(1));
  EXPECT_EQ(pipe.read_some(writer), formatted(numbered(1)));
  writer.add(numbered(2));
  EXPECT_EQ(pipe.read_some(writer), formatted(numbered(2)));
}

TEST_F(AccessLog, NeverHoldsUpAWorkerWhenNobodyReads) {
  Pipe pipe;
  Sink sink{pipe.write_end, time};
  constexpr std::uint64_t added = 50'000;
  {
    Writer writer{sink};
    for (std::uint64_t n = 0; n < added; ++n) {
      writer.add(numbered(n));
      if (n % 100 == 0) writer.flush();
    }
    EXPECT_GT(sink.dropped(), 0u);
    EXPECT_LT(sink.dropped(), added);
  }
  sink.stop(Duration::zero());
  pipe.close_write_end();
  const std::string text = pipe.read_all();
  EXPECT_EQ(records(text) + sink.dropped(), added);
}

TEST_F(AccessLog, SaysInTheLogHowManyLinesItLostAndGoesOn) {
  Pipe pipe;
  auto sink = std::make_unique<Sink>(pipe.write_end, time);
  auto writer = std::make_unique<Writer>(*sink);
  std::uint64_t added = 0;
  while (sink->dropped() == 0) writer->add(numbered(added++));
  std::string text;
  std::thread reader{[&] { text = pipe.read_all(); }};
  writer.reset();
  sink->stop(10s);
  const std::uint64_t dropped = sink->dropped();
  pipe.close_write_end();
  reader.join();

  EXPECT_EQ(dropped, 1u);
  EXPECT_EQ(lines(text), added - dropped + 1);
  EXPECT_NE(text.find("{\"time\":\"2024-01-01T10:00:00.000Z\",\"lines_dropped\":1}\n"),
            std::string::npos);
}

TEST_F(AccessLog, KeepsFillingABatchWhileTheOneBeforeWaits) {
  Pipe pipe;
  std::string full(65'536, 'x');
  ASSERT_EQ(::write(pipe.write_end, full.data(), full.size()), static_cast<long>(full.size()));
  Sink sink{pipe.write_end, time};
  {
    Writer writer{sink};
    for (std::uint64_t n = 0; n < 4 * Channel::slots; ++n) {
      writer.add(numbered(n));
      writer.flush();
    }
    EXPECT_EQ(sink.dropped(), 0u);
  }
  std::string text;
  std::thread reader{[&] { text = pipe.read_all(); }};
  sink.stop(10s);
  pipe.close_write_end();
  reader.join();
  EXPECT_EQ(lines(text), 4 * Channel::slots);
}

TEST_F(AccessLog, CountsLinesWhenTheReaderIsGone) {
  Pipe pipe;
  pipe.close_read_end();
  Sink sink{pipe.write_end, time};
  {
    Writer writer{sink};
    writer.add(numbered(1));
    writer.add(numbered(2));
  }
  sink.stop(1s);
  EXPECT_EQ(sink.dropped(), 2u);
}

TEST_F(AccessLog, StartsANewLineAfterAFullDiskCutOneShort) {
  const auto path = directory.path / "access.log";
  const std::string one = formatted(numbered(1));
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_action = std::signal(SIGXFSZ, SIG_IGN);
  auto sink = Sink::open(path, time).value();
  {
    Writer writer{*sink};
    struct rlimit small = before;
    small.rlim_cur = one.size() + 10;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    writer.add(numbered(1));
    writer.add(numbered(2));
    writer.flush();
    while (sink->dropped() == 0) std::this_thread::yield();
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    writer.add(numbered(3));
  }
  sink->stop(1s);
  std::signal(SIGXFSZ, old_action);

  EXPECT_EQ(sink->dropped(), 1u);
  const std::string text = read_file(path);
  EXPECT_EQ(text.substr(0, one.size() + 11), one + formatted(numbered(2)).substr(0, 10) + "\n");
  EXPECT_NE(text.find("\n" + formatted(numbered(3))), std::string::npos) << text;
  EXPECT_NE(text.find("\"lines_dropped\":1}\n"), std::string::npos) << text;
}

TEST_F(AccessLog, WritesToANewFileAfterRotation) {
  const auto path = directory.path / "access.log";
  const auto rotated = directory.path / "access.log.1";
  auto sink = Sink::open(path, time).value();
  {
    Writer writer{*sink};
    writer.add(numbered(1));
    writer.flush();
    while (read_file(path).empty()) std::this_thread::yield();
    std::filesystem::rename(path, rotated);
    sink->reopen();
    while (!std::filesystem::exists(path)) std::this_thread::yield();
    writer.add(numbered(2));
  }
  sink->stop(1s);
  EXPECT_EQ(read_file(rotated), formatted(numbered(1)));
  EXPECT_EQ(read_file(path), formatted(numbered(2)));
}

TEST_F(AccessLog, KeepsTheOldFileWhenThePathCannotBeOpenedAgain) {
  const auto inner = directory.path / "logs";
  std::filesystem::create_directory(inner);
  auto sink = Sink::open(inner / "access.log", time).value();
  std::filesystem::rename(inner, directory.path / "moved");
  sink->reopen();
  {
    Writer writer{*sink};
    writer.add(numbered(1));
  }
  sink->stop(1s);
  EXPECT_EQ(read_file(directory.path / "moved" / "access.log"), formatted(numbered(1)));
}

TEST_F(AccessLog, MakesItsFileUnreadableForOthers) {
  const auto path = directory.path / "access.log";
  const auto sink = Sink::open(path, time).value();
  const auto others =
      std::filesystem::status(path).permissions() & std::filesystem::perms::others_all;
  EXPECT_EQ(others, std::filesystem::perms::none);
}

TEST_F(AccessLog, SaysWhyItCannotOpenAFile) {
  const auto sink = Sink::open("/nowhere/access.log", time);
  ASSERT_TRUE(sink.has_error());
  EXPECT_EQ(sink.error().what, "access log /nowhere/access.log: No such file or directory");
}

TEST_F(AccessLog, TakesLinesOfSeveralWorkersAtOnce) {
  const auto path = directory.path / "access.log";
  auto sink = Sink::open(path, time).value();
  constexpr std::uint64_t each = 20'000;
  std::vector<std::thread> workers;
  for (int worker = 0; worker < 3; ++worker) {
    workers.emplace_back([&] {
      Writer writer{*sink};
      for (std::uint64_t n = 0; n < each; ++n) {
        writer.add(numbered(n));
        if (n % 50 == 0) writer.flush();
      }
    });
  }
  for (auto& worker : workers) worker.join();
  sink->stop(10s);
  const std::string text = read_file(path);
  const bool gap = text.find("lines_dropped") != std::string::npos;
  EXPECT_EQ(gap, sink->dropped() > 0);
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) {
    ASSERT_TRUE(line.starts_with("{\"time\":") && line.ends_with("}")) << line;
  }
  EXPECT_EQ(records(text) + sink->dropped(), 3 * each);
}

TEST_F(AccessLog, WritesToASocketThatFillsUp) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  Sink sink{ends[0], time};
  std::uint64_t added = 0;
  {
    Writer writer{sink};
    while (sink.dropped() == 0) writer.add(numbered(added++));
  }
  sink.stop(Duration::zero());
  EXPECT_GT(sink.dropped(), 0u);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(AccessLogChannel, NeedsTwoBuffersWhileItsReaderKeepsUp) {
  Channel channel;
  std::vector<const char*> buffers;
  for (int n = 0; n < 200; ++n) {
    std::string* batch = channel.filling();
    ASSERT_NE(batch, nullptr);
    ASSERT_GE(batch->capacity(), Channel::batch_bytes);
    buffers.push_back(batch->data());
    *batch += "x";
    channel.hand_over();
    ASSERT_EQ(channel.oldest(), batch);
    channel.take();
  }
  std::sort(buffers.begin(), buffers.end());
  EXPECT_LE(std::unique(buffers.begin(), buffers.end()) - buffers.begin(), 2);
}

TEST(AccessLogChannel, HasNoBatchToFillWhenAllWait) {
  Channel channel;
  for (std::size_t n = 0; n < Channel::slots; ++n) {
    ASSERT_NE(channel.filling(), nullptr);
    channel.hand_over();
  }
  EXPECT_EQ(channel.filling(), nullptr);
  EXPECT_FALSE(channel.idle());
  channel.take();
  EXPECT_NE(channel.filling(), nullptr);
}

}  // namespace
}  // namespace sy::access_log
