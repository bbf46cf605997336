{ x }: rec {
  a.b.c = 1; a.b.d = 2; a.e = { f = 1; }; "q" = 1; "r s".t = 2; ${"u"} = 3; ${x}.y = 4; "v${x}" = 5; w."${x}" = 6;
  inherit; inherit (x); inherit (x) y z; inherit ({ "k" = 1; }) "k"; g = { }; h = rec { }; i = ({ }); ${x} = 7;
  g.j = 1; inherit (x) ${"lit"} "str";
}
