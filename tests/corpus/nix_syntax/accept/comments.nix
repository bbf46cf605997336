# first
/* block */ { /**/ a /* in */ . # line
  b = /* value * / ** */ 1 # before
  ; } # last /* not open