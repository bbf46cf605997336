{ a, b, c, f }: [
  (a -> b -> c) (a || b && c) (a == b && b != c) (a < b == true) (!a && b) (!a == b) (!a.b) (-a + b) (- - a) (!(!a)) (!!a)
  (a ++ b ++ c) (a // b // c) (a + b - c) (a * b / c) (-f a) (f -a) (a ? b.c && c) (a ? "b" ? c) (!a ? b) (-a ? b) (f a ? b)
  (a // b ? c) (a * !b + c) (a == !b) (a <= b || a >= c) (a > b -> c) (if a then b else c) (a ++ f b c) (- !a + b) (1 - 1) (a -1) (a - 1)
]
