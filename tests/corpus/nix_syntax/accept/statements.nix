{ a, f }:
assert a != 1; with a; let b = 2; in if b == 3 then assert true; 1 else with { d = 1; }; x: y: { inherit x y; }
