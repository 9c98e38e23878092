#!/usr/bin/env python3
"""From a line of source in the piped REPL to its effect, beside many live actors and constant calls.

    bench/live/repl.py [ACTORS] [PATCHES]
"""
import pathlib
import statistics
import subprocess
import sys
import time

ACTORS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
PATCHES = int(sys.argv[2]) if len(sys.argv) > 2 else 30
ROOT = pathlib.Path(__file__).resolve().parents[2]

SETUP = f"""
Actor subclass: Meter
  state: value = 0
  read => 0

Actor subclass: Caller
  state: times = List new
  state: failures = 0
  state: running = true
  call: target =>
    start := Erlang erlang monotonic_time: #microsecond
    [target read await] on: Error do: [:e | self.failures += 1]
    self.times addFirst: (Erlang erlang monotonic_time: #microsecond) - start
    self.running ifTrue: [self after: 1 send: #call: with: target]
  finish =>
    self.running := false
    sorted := self.times sort
    {{sorted size, sorted at: (sorted size * 99 div: 100), sorted last, self.failures}}

all := (1 to: {ACTORS}) asList collect: [:i | Meter spawn]
meter := Meter spawn
caller := Caller spawn
caller call: meter
#ready
"""


def main() -> None:
    repl = subprocess.Popen(
        [ROOT / "beamtalk", "repl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def say(text: str) -> None:
        repl.stdin.write(text)
        repl.stdin.flush()

    def until(wanted: str) -> None:
        for line in repl.stdout:
            if line.strip() == wanted:
                return
            if line.startswith("ERROR"):
                sys.exit(line)
        sys.exit("the REPL ended")

    say(SETUP)
    until("#ready")
    time.sleep(2)
    times = []
    for i in range(1, PATCHES + 1):
        start = time.monotonic()
        say(f"patch Meter >> #read {{ {i} }}\nmeter read\n")
        until(str(i))
        times.append((time.monotonic() - start) * 1000)
        time.sleep(0.5)
    times.sort()
    say("caller finish await\n")
    print(f"{ACTORS} actors: line to effect p50 {statistics.median(times):.0f} ms, "
          f"p90 {times[len(times) * 9 // 10]:.0f} ms, slowest {times[-1]:.0f} ms")
    print("calls meanwhile {number, p99 us, slowest us, failed}:", repl.stdout.readline().strip())
    repl.stdin.close()
    repl.wait()


main()
