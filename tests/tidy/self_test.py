#!/usr/bin/env python3
"""Tests of the house rules: for each rule a text it must refuse and one it must let pass."""
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import rules  # noqa: E402
import structure  # noqa: E402
import tidy  # noqa: E402
from cases import CASES  # noqa: E402
from source import Source, folder_of, strip  # noqa: E402


def offences(rule, text, path):
    return [number for _, number, name, _ in tidy.check_source(Source(path, text)) if name == rule]


class Rules(unittest.TestCase):
    def test_each_rule_has_a_case_that_fails_and_one_that_passes(self):
        for rule in rules.RULES:
            self.assertIn(rule.__name__, CASES)
            case = CASES[rule.__name__]
            self.assertTrue(case['bad'] and case['good'], rule.__name__)

    def test_what_must_be_refused_is(self):
        for rule, case in CASES.items():
            for text in case['bad']:
                with self.subTest(rule=rule, text=text):
                    self.assertTrue(offences(rule, text, case.get('path', 'proxy/net/a.cpp')))

    def test_what_must_pass_does(self):
        for rule, case in CASES.items():
            for text in case['good']:
                with self.subTest(rule=rule, text=text):
                    path = case.get('good_path', case.get('path', 'proxy/net/a.cpp'))
                    self.assertEqual(offences(rule, text, path), [])

    def test_an_offence_names_its_line(self):
        self.assertEqual(offences('todo', '\n\nint a;  // TO' 'DO: b\n', 'proxy/net/a.cpp'), [3])
        text = 'A f() {\n  int a;\n  co_await g(B{1});\n}\n'
        self.assertEqual(offences('co_await_temporary', text, 'proxy/net/a.cpp'), [3])

    def test_a_waiver_needs_the_rule_and_a_reason(self):
        line = 'auto f = [=] { return 1; };'
        for comment, count in (('// tidy: capture_default: the test needs it', 0),
                               ('// tidy: capture_default:', 1), ('// tidy: sleep: why', 1)):
            found = offences('capture_default', f'{comment}\n{line}\n', 'proxy/net/a.cpp')
            self.assertEqual(len(found), count)


class Text(unittest.TestCase):
    def test_comments_and_literals_are_blanked_and_keep_their_places(self):
        code, comments = strip('int a = 1;  // b {\nauto c = "d // {";\n'
                               '/* e\n{ */ char f = \'{\';\n')
        self.assertNotIn('{', code)
        self.assertEqual(code.count('\n'), 4)
        self.assertEqual([number for number, _ in comments], [1, 3])

    def test_digit_separators_are_not_characters(self):
        self.assertIn('g()', strip("int a = 10'000; g(); int b = 20'000;")[0])

    def test_raw_strings_end_where_they_say(self):
        code, _ = strip('auto a = R"x(" ) // { )x"; int b;')
        self.assertIn('int b;', code)
        self.assertNotIn('{', code)

    def test_functions_are_told_from_other_braces(self):
        text = ('namespace a {\nstruct B {\n  explicit B(int c) : c_{c}, d_(c) { e(); }\n'
                '  int f() const { return 1; }\n  auto g() -> int { return 2; }\n'
                '  bool operator==(const B&) const { return true; }\n  int c_{1};\n};\n'
                'enum class H { i, j };\nconst int k[] = {1, 2};\n'
                'template <class T>\nint l(T m) {\n  if (m) { return 1; }\n  return 0;\n}\n}\n')
        functions = Source('a.cpp', text).shape.functions
        heads = [function.head.split('\n')[-1].strip() for function in functions]
        self.assertEqual(heads, ['explicit B(int c) : c_{c}, d_(c)', 'int f() const',
                                 'auto g() -> int',
                                 'bool operator==(const B&) const', 'int l(T m)'])

    def test_a_folder_is_a_module(self):
        self.assertEqual(folder_of('proxy/health/gate.h'), 'health')
        self.assertEqual(folder_of('proxy/main.cpp'), 'main')
        self.assertEqual(folder_of('control/aws/sigv4.h'), 'control/aws')
        self.assertEqual(folder_of('control/deploy/runner.cpp'), 'control/deploy')
        self.assertEqual(folder_of('control/commands/deploy.cpp'), 'control')


TABLE = '''<!-- direction -->
| folder | may include | why |
|---|---|---|
| `base` | nothing | |
| `health`, `tally` | `base` | |
| `config` | `base` `*/options.h` | |
| `control` | `base` `api/message.h` | |
| `app` | everything | |
<!-- /direction -->'''


class Structure(unittest.TestCase):
    folders = {'base', 'health', 'tally', 'config', 'control', 'app', 'api'}

    def direction(self, path, include):
        source = Source(path, f'#include "{include}"\n')
        allowed = structure.read_table(TABLE)
        return list(structure.include_direction([source], allowed, self.folders))

    def test_an_include_follows_the_table(self):
        for path, include in (
                ('proxy/health/a.cpp', 'base/time.h'), ('proxy/health/a.cpp', 'health/b.h'),
                ('config/a.cpp', 'health/options.h'), ('control/a.cpp', 'api/message.h'),
                ('proxy/app/a.cpp', 'health/gate.h'), ('proxy/base/a.cpp', 'sys/epoll.h')):
            self.assertEqual(self.direction(path, include), [], (path, include))

    def test_an_include_against_the_table_is_refused(self):
        for path, include in (
                ('proxy/base/a.cpp', 'health/gate.h'), ('proxy/tally/a.cpp', 'health/gate.h'),
                ('config/a.cpp', 'health/gate.h'), ('control/a.cpp', 'api/routes.h'),
                ('proxy/api/a.cpp', 'base/time.h')):
            self.assertEqual(len(self.direction(path, include)), 1, (path, include))

    def test_a_link_follows_the_table(self):
        allowed = structure.read_table(TABLE)
        path = 'proxy/health/CMakeLists.txt'
        good = {path: 'sy_module(health SOURCES a.cpp DEPS sy_base sy_asio)'}
        bad = {path: 'sy_module(health SOURCES a.cpp\n  PRIVATE_DEPS sy_tally)'}
        self.assertEqual(list(structure.link_direction(good, allowed)), [])
        self.assertEqual(len(list(structure.link_direction(bad, allowed))), 1)

    def test_a_module_belongs_to_the_folder_that_defines_it(self):
        lists = {'proxy/api/CMakeLists.txt': 'sy_module(message SOURCES a.cpp)\n'
                                             'sy_module(api SOURCES b.cpp DEPS sy_message)',
                 'control/CMakeLists.txt': 'sy_module(control SOURCES c.cpp DEPS sy_message)'}
        self.assertEqual(list(structure.link_direction(lists, structure.read_table(TABLE))), [])

    def test_a_cycle_is_found_and_shown(self):
        self.assertEqual(structure.cycles({'a': {'b'}, 'b': {'c'}, 'c': {'a'}}),
                         ['a', 'b', 'c', 'a'])
        self.assertEqual(structure.cycles({'a': {'b', 'c'}, 'b': {'c'}, 'c': set()}), [])

    def test_folders_that_include_each_other_are_refused(self):
        sources = [Source('proxy/health/a.h', '#include "tally/b.h"\n'),
                   Source('proxy/tally/b.h', '#include "health/a.h"\n')]
        self.assertEqual(len(list(structure.include_cycle(sources, self.folders))), 1)
        self.assertEqual(list(structure.include_cycle(sources[:1], self.folders)), [])

    def test_a_folder_needs_a_sentence(self):
        self.assertEqual(list(structure.described({'proxy/health'}, '`proxy/health/`: gates.')), [])
        self.assertEqual(len(list(structure.described({'proxy/health'}, 'health is wealth'))), 1)

    def test_a_path_of_somebodys_machine_is_refused(self):
        bad = {'a.md': 'see /ho' 'me/ann/src/x', 'b.py': 'open("/wo' 'rk/x")'}
        good = {'a.md': 'https://example.com/home/ann/ and /var/lib/switchyard and net/work/'}
        self.assertEqual(len(list(structure.machine_words(bad))), 2)
        self.assertEqual(list(structure.machine_words(good)), [])

    def test_a_link_leads_somewhere(self):
        texts = {'docs/a.md': '[b](b.md#c) [d](../d.md) [e](https://e.test/f) [g](h/)',
                 'docs/i.md': 'one\n[b](c.md)', 'docs/j.md': '```\n[b](c.md)\n```'}
        present = {'docs/a.md', 'docs/b.md', 'd.md', 'docs/h'}
        self.assertEqual(list(structure.links(texts, present)),
                         [('docs/i.md', 2, 'leads nowhere: c.md')])


if __name__ == '__main__':
    unittest.main()
