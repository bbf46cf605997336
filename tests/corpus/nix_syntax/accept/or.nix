{ a, f }: {
  x = a.b or 1; y = a.b.c or a.d or 2; z = a.or; inherit (a) or; o = { }.or or 1; w = a ? or;
  v = f a.b or (x: x) 2; k = [ a.b or 1 2 ];
}
