let in let a = 1; b.c = 2; inherit ({ z = 1; }) z; "d" = 3; b.${"e"} = 4; in let f = a; in f
