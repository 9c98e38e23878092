# The program in docs/agents/interop.md does what it says.
defmodule AgentGuideTest do
  use ExUnit.Case, async: true

  @guide Path.expand("../../../docs/agents/interop.md", __DIR__)

  test "the Elixir program asks its agent" do
    [[_, program]] = Regex.scan(~r/```elixir\n(.*?)```/s, File.read!(@guide))
    [{Librarian, _}] = Code.compile_string(program, @guide)
    assert apply(Librarian, :main, []) == {"Two books on owls.", "And one on bats."}
  end
end
