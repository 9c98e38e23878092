-module(base_math).
-export([square/1]).
square(X) -> X * X.
