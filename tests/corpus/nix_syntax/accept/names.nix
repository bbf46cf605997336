{ a'b-c_d = 1; _ = 2; __x = 3; a- = 4; if' = 5; lets = 6; x-if = 7; true = 8; null.false = 9; }
