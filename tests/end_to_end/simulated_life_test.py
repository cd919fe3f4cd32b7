"""What is simulated is what runs: the real binary before hosts of which the best is away for a while, and the simulator
with the same fleet and the same requests, agree on dollars, first tokens, failures and who answered. The long form, with
more fleets and tighter limits, is tests/bench/live_against_simulated.sh.
"""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "bench"))
import live_against_simulated as rig


def main():
    with tempfile.TemporaryDirectory() as directory:
        ran, lucks = rig.one_run("flapping", 0, 280, 12, pathlib.Path(directory))
    rig.tell("flapping", 0, "live", ran)
    rig.tell("flapping", 0, "simulated", rig.mean_of(lucks))
    # One short run, perhaps on a busy machine.
    assert rig.judge("flapping", [(ran, lucks)], times=1.5)
    assert ran["attempts"] > 1  # the outage was met


if __name__ == "__main__":
    main()
