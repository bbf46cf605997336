x: { inherit (x) a a; }
