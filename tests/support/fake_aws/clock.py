"""Two times, both turned by the test and neither waited for.

`now()` is what the fake dates answers, signatures and expiries by: the machine's clock plus a skew.
`elapsed` is the time of ECS, tombstones and stale reads: it moves only when told to."""
import time


class Clock:
    def __init__(self, wall=time.time):
        self._wall = wall
        self.steady = time.monotonic  # the machine's; a test may put another in its place
        self.skew = 0.0
        self.elapsed = 0.0

    def now(self):
        return self._wall() + self.skew

    def flow(self):
        """For rates: what passed by itself and what was advanced."""
        return self.steady() + self.elapsed

    def advance(self, seconds, date=False):
        """`date`: the date moves too, as it would for a machine that saw the time pass."""
        if seconds < 0:
            raise ValueError("time does not go back; use the skew")
        self.elapsed += seconds
        if date:
            self.skew += seconds

    def stamp(self):
        """A timestamp as JSON carries it: seconds with milliseconds."""
        return round(self.now(), 3)
