"""Lines on standard error that say what is done, and about when the rest will be."""

import sys
import time


class Progress:
    def __init__(self, stream=sys.stderr, clock=time.monotonic):
        self.stream = stream
        self.clock = clock
        self.started = clock()
        self.steps = self.done = 0
        self.counted_from = None

    def __call__(self, text):
        print(f"[{self.clock() - self.started:6.1f} s{self._left()}] {text}", file=self.stream,
              flush=True)

    def expect(self, steps):
        """From now on there are so many steps of about the same length."""
        self.steps, self.done, self.counted_from = steps, 0, self.clock()

    def step(self, text):
        self.done += 1
        self(text)

    def _left(self):
        if not self.done or self.done >= self.steps:
            return ""
        seconds = (self.clock() - self.counted_from) / self.done * (self.steps - self.done)
        return f", {seconds / 60:.0f} min left" if seconds >= 90 else f", {seconds:.0f} s left"
