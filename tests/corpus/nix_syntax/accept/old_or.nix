let or = 1; f = x: x; in [ (f or) f or 2 ]
