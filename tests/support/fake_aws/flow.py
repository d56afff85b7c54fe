"""Lets virtual time run by itself, for a demonstration or a test that nobody accompanies."""
import threading

STEP = 0.1


class Flow:
    def __init__(self, lock, advance):
        self.rate = 0.0
        self._lock = lock
        self._advance = advance
        self._still = threading.Event()
        self._thread = None

    def turn(self, rate):
        """Virtual seconds for each second of the machine. Not called with the lock held while it runs, except to
        change the rate; rate 0 ends the thread at its next step."""
        if rate < 0:
            raise ValueError("time does not go back")
        self.rate = rate
        if rate == 0:
            self._still.set()
        elif self._thread is None or not self._thread.is_alive() or self._still.is_set():
            self._still = threading.Event()
            self._thread = threading.Thread(target=self._run, args=(self._still,), daemon=True)
            self._thread.start()

    def _run(self, still):
        while not still.wait(STEP):
            with self._lock:
                if not still.is_set():
                    self._advance(self.rate * STEP)
