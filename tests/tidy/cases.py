"""For each rule, texts that it must refuse and texts that it must let pass."""


def body(lines, line='  a();\n', head='void f() {\n'):
    return head + line * lines + '}\n'


def coroutine(line):
    return 'Awaitable<> f() {\n  ' + line + '\n}\n'


CASES = {
    'banned_word': {
        'bad': ['class PoolManager;', 'int request_data = 1;', 'void helper();', 'struct Impl {};',
                'namespace utils {}', 'int downstream_count;', 'void f(Context context);'],
        'good': ['io_context io;', 'auto a = text.data();', 'asio::ssl::context tls;',
                 'int metadata;',
                 '// a helper in a comment', 'auto a = "process";', 'log.info(a);',
                 '#include "a/impl/b.h"',
                 'nghttp2_data_provider provider;', 'int processed;', 'TEST(Check, EndsTheProcess) {}']},
    'file_name': {
        'path': 'proxy/net/socket_util.h', 'bad': ['// A.\n'],
        'good_path': 'proxy/net/socket_utility.h', 'good': ['// A.\n']},
    'function_length': {
        'bad': [body(69), 'struct A {\n' + body(70) + '};\n'],
        'good': [body(68), 'namespace a {\n' + body(40) + body(40) + '}\n']},
    'coroutine_length': {
        'bad': [body(39, '  co_await a();\n')],
        'good': [body(38, '  co_await a();\n'), body(60)]},
    'file_length': {'bad': ['int a;\n' * 401], 'good': ['int a;\n' * 400]},
    'depth': {
        'bad': ['void f() {\n  for (;;) {\n    if (a) {\n      while (b) {\n'
                '        if (c) {\n        }\n'
                '      }\n    }\n  }\n}\n'],
        'good': ['void f() {\n  for (;;) {\n    if (a) {\n      while (b) {\n'
                 '        if (c) d();\n      }\n'
                 '    }\n  }\n}\n',
                 'namespace a { namespace b { struct C { void f() { if (d) { e(); } } }; } }\n']},
    'parameters': {
        'bad': ['int f(int a, int b, int c, int d, int e, int g) { return 1; }\n'],
        'good': ['int f(int a, std::map<int, int> b, int c, int d, int e) { return 1; }\n',
                 'A::A(int a, int b, int c, int d, int e, int g) : a_{a} {}\n',
                 'int f(int a, int b, int c, int d, int e, void* g) { return 1; }\n',
                 'A::A(B b) : b_{b}, c_(1, 2, 3, 4, 5, 6, 7) {}\n', 'int f() { return 1; }\n']},
    'line_length': {
        'bad': ['x' * 101 + '\n'],
        'good': ['x' * 100 + '\n', '// https://' + 'x' * 101 + '\n',
                 'auto page = R"(\n' + 'x' * 101 + '\n)";\n']},
    'whitespace': {'bad': ['int a; \n', '\tint a;\n', 'int a;'], 'good': ['int a;\n', '']},
    'capture_default': {
        'bad': ['auto f = [=] { return a; };', 'auto f = [=, &b] {};'],
        'good': ['auto f = [a] { return a; };', 'auto f = [a = b] {};', 'bool operator[](int a);']},
    'co_await_temporary': {
        'bad': [coroutine(line) for line in (
            'co_await f(A{p, 3});', 'co_await f({p, 3});',
            'auto a = co_await f([p] { return p; });',
            'if (co_await f(A{1})) g();', 'co_await f(g(), [&](int a) { return a; });',
            'g(A{1}, co_await f());')],
        'good': [coroutine(line) for line in (
            'const A a{p, 3};\n  co_await f(a);', 'co_return Error{Blame::self};',
            'auto a = [p] { return p; };\n  co_await f(a);', 'const A a{co_await f()};',
            'co_await f(std::string{"a"});', 'if (co_await f()) { g({1, 2}); }',
            'while (co_await f()) {\n    g(A{1});\n  }')]},
    'co_await_conditional': {
        'bad': [coroutine('auto a = b ? co_await f() : 0;'), coroutine('g(b ? 1 : co_await f());')],
        'good': [coroutine('co_await f(b ? 1 : 2);'),
                 coroutine('auto a = b ? 1 : 2;\n  co_await f(a);')]},
    'shared_from_this': {
        'bad': ['class A : public std::enable_shared_from_this<A> {};'],
        'good': ['// enable_shared_from_this is not used.\n']},
    'shared_pointer': {
        'bad': ['std::shared_ptr<Routing> a;', 'std::shared_ptr<std::string> a;'],
        'good': ['std::shared_ptr<const Routing> a;', 'std::shared_ptr<spdlog::logger> a;',
                 'std::unique_ptr<Routing> a;']},
    'detached': {'bad': ['co_spawn(io, f(), asio::detached);'], 'good': ['group.spawn(f());']},
    'clock': {
        'bad': ['auto a = std::chrono::steady_clock::now();', 'auto a = std::time(nullptr);'],
        'good': ['auto a = time.now();', '// steady_clock::now() is elsewhere.\n']},
    'pure': {
        'path': 'proxy/tally/a.cpp',
        'bad': ['#include <boost/asio/ip/tcp.hpp>\n', '#include <mutex>\n',
                '#include <spdlog/spdlog.h>\n'],
        'good': ['#include <vector>\n', '#include "base/time.h"\n']},
    'locks': {
        'path': 'proxy/director/a.cpp',
        'bad': ['std::mutex a;', 'std::atomic<int> a;', 'std::condition_variable a;'],
        'good': ['int a;', '// A std::mutex would do.\n']},
    'todo': {'bad': ['int a;  // TO' 'DO: b\n', '// FIX' 'ME\n'], 'good': ['// Nothing to do.\n']},
    'sleep': {
        'path': 'tests/unit/net/a_test.cpp',
        'bad': ['std::this_thread::sleep_for(1s);', '::usleep(1);', 'sleep(1);'],
        'good': ['time.advance(1s);', 'bool asleep(int a);']},
    'dead_code': {
        'bad': ['// return 1;\n', '// a.b(c);\n', '// if (a) {\n', '// int a = 1;\n// a = 2;\n',
                '/* x\n   std::string a;\n*/\n'],
        'good': ['// Returns one; never zero.\n', '// The body (if any) comes after;\n',
                 '// Call it before stop().\n', '// while moving; see above\n']},
    'header_comment': {
        'path': 'proxy/net/a.h', 'bad': ['#pragma once\n'],
        'good': ['// What it is for.\n#pragma once\n']},
    'include_guard': {
        'path': 'proxy/net/a.h', 'bad': ['// A.\n#ifndef A\n'], 'good': ['// A.\n#pragma once\n']},
    'singleton': {
        'bad': ['static Pool& instance();', 'spdlog::info("a");',
                'spdlog::default_logger()->flush();'],
        'good': ['Pool& pool();', 'logger.info("a");', 'static const Table& table(int size);']},
    'namespace_in_header': {
        'path': 'proxy/net/a.h',
        'bad': ['using namespace std;\n'], 'good': ['using std::string;\n', 'namespace a = b;\n']},
    'macro': {
        'bad': ['#define MAX 3\n'],
        'good': ['#define SY_CHECK(a) (a)\n', 'constexpr int max = 3;\n']},
    'enum_default': {
        'bad': ['switch (a) {\n  case Color::blue: return 1;\n  default: return 2;\n}\n'],
        'good': ['switch (a) {\n  case Color::blue: return 1;\n  case Color::green: return 2;\n}\n',
                 "switch (a) {\n  case 'b': return 1;\n  default: return 2;\n}\n"]},
    'throw': {
        'path': 'proxy/http/a.cpp', 'bad': ['throw Error{};'],
        'good': ['return Error{};', '// throw\n']},
    'test_name': {
        'path': 'tests/unit/net/a_test.cpp',
        'bad': ['TEST(Pool, Works) {}\n', 'TEST_F(Pool, keeps_order) {}\n'],
        'good': ['TEST(Pool, KeepsTheOrder) {}\n', 'TEST_P(Pool, ClosesWhenTold) {}\n']},
}
