{ a, b, f, g }: [
  (a |> f) (a |> f |> g) (f <| a) (g <| f <| a) (a |> f b |> (x: x)) (a -> b |> f) (a ++ b |> f) (f <| a || b) ((a |> f) <| b) ((f <| a) |> g) (a<|b) (a|>f)
]
