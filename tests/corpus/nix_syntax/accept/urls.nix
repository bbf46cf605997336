{
  a = http://example.org/a?b=c&d=%20; b = x:y; c = git+ssh://host/p.git; d = a.b-c:d'e;
  f = x: y; g = x:x; h = { x }:x; i = { x }: x; mailto = mailto:a@b.c;
}
