{ f }: [ (let { body = 1; }) (f let { a = 1; body = a; }) let { inherit f; body = f; } ]
