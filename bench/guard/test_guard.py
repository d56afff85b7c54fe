"""The rules of guard.py, without valgrind."""
import unittest

import guard

CHANGELOG = """# Changelog

## 0.2.0 (unreleased)

Words.

* Something else.
* Instructions per request: keep-alive 1 100 (was 1 000): every answer
  carries a new field.
* Instructions per request: post 2 000 (was 1 000):

## 0.1.0

* Instructions per request: chunked 9 000 (was 1 000): long ago.
"""


def failing(now, kept, allowed=None):
    return [script for script, *_, fails in guard.judge(now, kept, allowed or {}) if fails]


class Rules(unittest.TestCase):
    def test_only_lines_of_the_unreleased_part_that_give_a_reason_count(self):
        self.assertEqual(guard.excuses(CHANGELOG), {'keep-alive': 1100})

    def test_the_changelog_of_this_tree_has_an_unreleased_part_that_is_read(self):
        self.assertTrue(guard.unreleased(guard.read(guard.arguments([]).changelog)))

    def test_three_percent_more_pass_and_beyond_it_fail(self):
        self.assertEqual(failing({'post': 1030}, {'post': 1000}), [])
        self.assertEqual(failing({'post': 1031}, {'post': 1000}), ['post'])

    def test_growth_passes_up_to_the_figure_that_the_changelog_names(self):
        self.assertEqual(failing({'post': 1100}, {'post': 1000}, {'post': 1100}), [])
        self.assertEqual(failing({'post': 1100}, {'post': 1000}, {'tls': 1100}), ['post'])
        self.assertEqual(failing({'post': 1200}, {'post': 1000}, {'post': 1100}), ['post'])

    def test_less_passes_and_asks_for_an_update(self):
        (row,) = guard.judge({'post': 900}, {'post': 1000}, {})
        self.assertEqual(row[3:], ('less: keep it with --update', False))

    def test_a_script_that_is_not_kept_fails(self):
        self.assertEqual(failing({'post': 1000}, {}), ['post'])

    def test_an_update_keeps_less_and_never_more_without_a_line(self):
        kept = {'post': 1000, 'tls': 1000, 'chunked': 1000}
        now = {'post': 1020, 'tls': 900, 'chunked': 1100, 'keep-alive': 5}
        self.assertEqual(guard.renewed(now, kept, {'chunked': 1100}),
                         {'post': 1000, 'tls': 900, 'chunked': 1100, 'keep-alive': 5})

    def test_the_table_shows_script_now_kept_and_change(self):
        rows = guard.judge({'keep-alive': 12345}, {'keep-alive': 10000}, {})
        self.assertEqual(list(guard.table(rows)), [
            'script                 now      kept    change',
            'keep-alive          12 345    10 000  +23.45 %  grew: say why in CHANGELOG.md, or make it less'])


if __name__ == '__main__':
    unittest.main()
