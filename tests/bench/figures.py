"""Samples, and the one table they are printed in."""
import json
import os
import statistics


class Figures:
    def __init__(self):
        self.rows = []

    def add(self, group, name, unit, samples, against=None, rival=None):
        """`rival` names what `against`, samples of the same unit, is; the ratio is of the medians."""
        if not isinstance(samples, (list, tuple)):
            samples = [samples]
        if not samples:
            return
        row = {"group": group, "name": name, "unit": unit, "median": statistics.median(samples),
               "min": min(samples), "max": max(samples), "n": len(samples)}
        if against:
            row["rival"] = rival
            row["rival_median"] = statistics.median(against)
            if row["rival_median"]:
                row["ratio"] = row["median"] / row["rival_median"]
        self.rows.append(row)

    def print(self):
        head = ["what", "median", "min", "max", "n", "unit", "beside it", "median", "ratio"]
        table = [head]
        for row in self.rows:
            table.append([f'{row["group"]}: {row["name"]}', number(row["median"]), number(row["min"]),
                          number(row["max"]), str(row["n"]), row["unit"], row.get("rival", ""),
                          number(row["rival_median"]) if "rival_median" in row else "",
                          f'{row["ratio"]:.2f}' if "ratio" in row else ""])
        widths = [max(len(line[i]) for line in table) for i in range(len(head))]
        for at, line in enumerate(table):
            print("| " + " | ".join(cell.ljust(widths[i]) for i, cell in enumerate(line)) + " |")
            if at == 0:
                print("|" + "|".join("-" * (w + 2) for w in widths) + "|")

    def write(self, path):
        document = {"cpus": os.cpu_count(), "load": os.getloadavg(), "figures": self.rows}
        with open(path, "w", encoding="utf-8") as out:
            json.dump(document, out, indent=1)
            out.write("\n")


def number(value):
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
