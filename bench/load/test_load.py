"""The pure parts of the benchmark: what becomes of measured values, and how they are shown."""
import json
import pathlib
import unittest
import xml.dom.minidom

import figures
import growth
import report
import rows
from figures import Figure, Sample

WRK = """Running 2s test @ http://127.0.0.1:1/
  1 threads and 64 connections
  79246 requests in 2.00s, 96.66MB read
Requests/sec:  39621.25
"""
STRACE = """% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 51.32    0.091250           2     40000         1 sendto
------ ----------- ----------- --------- --------- ----------------
100.00    0.177800           2     81234         7 total
"""


def figure(switchyard=(8, 9, 30), haproxy=(10, 12, 20), **more):
    made = Figure(**{"name": "row", "what": "work", "unit": "CPU µs a request", "goal": 0.85, **more})
    for peer, values in (("haproxy", haproxy), ("switchyard", switchyard)):
        for value in values:
            made.add(peer, Sample(value, value / 4, value * 3 / 4, 1000))
    return made


def line_of(made, peer="switchyard"):
    return next(line for line in figures.lines(made) if line.peer == peer)


class Figures(unittest.TestCase):
    def test_the_ratio_is_the_median_of_the_rounds_ratios_and_not_a_ratio_of_medians(self):
        self.assertAlmostEqual(line_of(figure((8, 9, 30))).ratio, 0.8)  # 0.8, 0.75, 1.5
        self.assertEqual(line_of(figure()).median, 9)
        self.assertEqual((line_of(figure()).least, line_of(figure()).most), (8, 30))

    def test_without_haproxy_there_is_no_ratio(self):
        made = figure()
        made.fail("haproxy", "would not start")
        self.assertIsNone(line_of(made).ratio)
        self.assertIsNone(figures.verdict(made, line_of(made)))

    def test_what_the_origin_takes_itself_is_in_neither_side_of_the_ratio(self):
        made = figure((3, 3, 3), (5, 5, 5), floor=[1, 1, 1])
        self.assertEqual(line_of(made).ratio, 0.5)

    def test_a_round_in_which_haproxy_adds_nothing_says_nothing(self):
        self.assertEqual(figures.ratio([Sample(3), Sample(3)], [Sample(1), Sample(5)], [1, 1]), 0.5)
        self.assertIsNone(figures.ratio([Sample(3)], [Sample(1)], [1]))

    def test_a_goal_is_met_at_its_bound_and_missed_beyond(self):
        for value, met in ((8.5, True), (8.6, False)):
            made = figure([value], [10])
            self.assertIs(figures.verdict(made, line_of(made)), met)
        made = figure([8.5], [10], goal=9, goal_of="value")
        self.assertTrue(figures.verdict(made, line_of(made)))
        self.assertIsNone(figures.verdict(made, line_of(made, "haproxy")))

    def test_a_ceiling_names_the_row_and_both_numbers(self):
        self.assertIsNone(figures.over_ceiling(figure([11], [10])))
        self.assertIsNone(figures.over_ceiling(figure([12], [10], ceiling=1.2)))
        self.assertEqual(figures.over_ceiling(figure([13], [10], ceiling=1.2)), "row: ratio 1.30 is above 1.20")

    def test_cpu_of_bodies_is_given_for_a_gib(self):
        self.assertAlmostEqual(line_of(figure([1000], [1000], octets=1 << 20)).per_gib, 1.024)

    def test_a_run_of_wrk_counts_only_when_nothing_went_wrong(self):
        self.assertEqual(figures.wrk_requests(WRK), 79246)
        for bad in ("  Non-2xx or 3xx responses: 1\n", "  Socket errors: connect 0, read 1, write 0, timeout 0\n"):
            with self.assertRaises(RuntimeError):
                figures.wrk_requests(WRK + bad)
        with self.assertRaises(RuntimeError):
            figures.wrk_requests("  0 requests in 2.00s, 0.00B read")

    def test_the_total_of_strace_is_read_with_and_without_errors(self):
        self.assertEqual(figures.strace_total(STRACE), 81234)
        self.assertEqual(figures.strace_total("100.00    0.177800           2     81234           total"), 81234)
        self.assertIsNone(figures.strace_total("strace: attach: Operation not permitted"))


class Report(unittest.TestCase):
    def test_the_table_has_ratio_goal_dashes_and_failures(self):
        made = figure()
        made.calls["switchyard"] = 4.25
        made.fail("h2o", "no\nanswer")
        text = report.table([made], ["haproxy", "nginx", "h2o", "switchyard"])
        self.assertEqual([row.rstrip() for row in text.split("\n")], [
            "                           median (min – max)    user  system  calls    s/GiB   ratio  goal",
            "row: work, CPU µs a request",
            "  haproxy                  12.0 (10.0 – 20.0)     3.0     9.0      –        –    1.00",
            "  nginx                                     –       –       –      –        –       –",
            "  h2o          failed: no answer",
            "  switchyard                 9.0 (8.0 – 30.0)     2.2     6.8    4.2        –    0.80  ≤ 0.85 pass"])

    def test_a_missed_goal_is_told_in_words(self):
        self.assertIn("≤ 0.85 MISS", report.table([figure((9, 9, 9), (9, 9, 9))], ["switchyard"]))

    def test_the_record_holds_every_round_and_survives_json(self):
        kept = json.loads(json.dumps(report.record(figure())))
        self.assertEqual([one["value"] for one in kept["peers"]["switchyard"]["rounds"]], [8, 9, 30])
        self.assertTrue(kept["peers"]["switchyard"]["goal_met"])

    def test_the_chart_is_xml_with_a_bar_for_each_ratio(self):
        made = figure(name="a <row>")
        drawn = xml.dom.minidom.parseString(report.chart([made]))
        bars = [one for one in drawn.getElementsByTagName("rect") if one.getAttribute("height") == "13"]
        self.assertEqual([one.getAttribute("width") for one in bars], ["180.0", "144.0"])


class Rows(unittest.TestCase):
    def test_names_are_told_apart_and_an_unknown_one_is_refused(self):
        names = [row.name for row in rows.ROWS]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual([row.name for row in rows.by_name(["tls", "keep-alive"])], ["keep-alive", "tls"])
        with self.assertRaisesRegex(ValueError, "no row keep_alive; there are keep-alive, "):
            rows.by_name(["keep_alive"])

    def test_a_ceiling_of_the_short_form_is_above_the_goal(self):
        for row in rows.ROWS:
            self.assertGreater(row.ceiling or 9, row.goal or 0)

    def test_performance_md_names_every_row(self):
        page = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "performance.md").read_text()
        self.assertEqual([row.name for row in rows.ROWS if f"`{row.name}`" not in page], [])


class Growth(unittest.TestCase):
    def test_what_grew_is_named_with_its_factor(self):
        self.assertEqual(growth.grew({1: [10, 11, 12], 64: [10, 11, 12.5]}), None)
        self.assertAlmostEqual(growth.grew({1: [10, 11, 12], 64: [13, 14, 15]}), 14 / 11)

    def test_a_difference_within_the_spread_of_the_rounds_is_none(self):
        self.assertIsNone(growth.grew({1: [10, 11, 14], 64: [12, 13, 16]}))


if __name__ == "__main__":
    unittest.main()
