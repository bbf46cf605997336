{ f, a }: [ ] ++ [ 1 "a" ./b <c> d:e (f a) a.b a."c" { } rec { } [ ] [ [ ] ] ]
