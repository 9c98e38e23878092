# What `h` shows in IEx.
defmodule DocsTest do
  use ExUnit.Case, async: true
  import ExUnit.CaptureIO
  require IEx.Helpers

  setup_all do
    Application.put_env(:iex, :colors, enabled: false)
    {:ok, _} = Application.ensure_all_started(:iex)
    :ok
  end

  test "a class" do
    text = capture_io(fn -> IEx.Helpers.h(:"bt.shop.Counter") end)
    assert text =~ "Actor subclass: Counter"
    assert text =~ "Counts, and does what tests want an actor to do."
    assert text =~ "`class from: n -> Counter`: A Counter that begins at a number."
  end

  test "a method" do
    text = capture_io(fn -> IEx.Helpers.h(:"bt.shop.Counter"."add:") end)
    assert text =~ "add: n :: Integer -> Integer"
    assert text =~ "counter add: 3"
    assert capture_io(fn -> IEx.Helpers.h(:"bt.shop.Money"."class parse:" / 2) end) =~ "From a text such as"
  end

  test "what has no comment" do
    assert capture_io(fn -> IEx.Helpers.h(:"bt.shop.Counter".getValue) end) =~ "getValue"
    assert capture_io(fn -> IEx.Helpers.h(:"bt.shop.Counter".nothing) end) =~ "No documentation"
  end

  test "as data" do
    assert {:docs_v1, _, :beamtalk, "text/markdown", %{"en" => _}, %{name: :Money}, [_ | _]} =
             Code.fetch_docs(:"bt.shop.Money")
  end
end
