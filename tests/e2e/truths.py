"""What a file of truths is judged by: each is a name and a function, which is true when it returns."""
import sys
import time


def judge(truths, about) -> int:
    """Those of which a word of the command line is a part of the name; 1 when one is wrong."""
    wanted, failed = sys.argv[1:], 0
    for name, check in truths:
        if wanted and not any(part in name for part in wanted):
            continue
        began = time.monotonic()
        try:
            check(about)
            print(f"ok    {name} ({time.monotonic() - began:.1f} s)", flush=True)
        except Exception as error:  # noqa: BLE001 the truth is what counts
            failed += 1
            print(f"WRONG {name}: {type(error).__name__}: {str(error)[:3000]}", flush=True)
    return 1 if failed else 0
