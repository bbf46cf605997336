1 x: y
