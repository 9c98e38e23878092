# Errors of Beamtalk, as Elixir programs see them.
defmodule ErrorsTest do
  use ExUnit.Case, async: true

  test "an error of a value has class, kind, message and place" do
    error = assert_raise Beamtalk.Error, fn -> Beamtalk.class_call(Money, "parse:", ["five"]) end
    assert %{class: "Error", kind: :user_error, message: "Error: no amount: five"} = error
    assert Beamtalk.report(error) =~ "Money class >> parse: (Money.bt:"
  end

  test "an error in an actor shows the actor's frames first" do
    counter = Beamtalk.spawn(Counter)

    try do
      Beamtalk.call(counter, :fail)
      flunk("no error")
    rescue
      error in Beamtalk.Error ->
        assert Exception.message(error) =~ "DoesNotUnderstand: nil does not understand #foo"
        text = Exception.format(:error, error, __STACKTRACE__)
        assert text =~ "** (Beamtalk.Error) DoesNotUnderstand"
        assert text =~ ~r/Counter\.bt:\d+: :"bt\.shop\.Counter"\."check:"\/2\n    Counter\.bt:\d+: :"bt\.shop\.Counter"\.fail\/1/
    end

    refute Process.alive?(counter)
  end

  test "called by its module, a method raises an ErlangError that has the exception" do
    error = assert_raise ErlangError, fn -> :"bt.shop.Money"."class parse:"(Beamtalk.class(Money), "five") end
    assert %{kind: :user_error, message: "no amount: five"} = error.original
    assert Exception.message(Beamtalk.Error.exception(error.original)) == "Error: no amount: five"
    assert_raise Beamtalk.Error, fn ->
      Beamtalk.run(fn -> :"bt.shop.Money"."class parse:"(Beamtalk.class(Money), "five") end)
    end
  end

  test "errors as answers" do
    assert {:error, %Beamtalk.Error{class: "ZeroDivide"}} = Beamtalk.try_call(1, :/, [0])
    assert Beamtalk.try_call(1, :+, [2]) == {:ok, 3}
  end

  test "a struct like any other" do
    assert %Beamtalk.Error{message: "no"} = struct!(Beamtalk.Error, message: "no")
    assert_raise KeyError, fn -> struct!(Beamtalk.Error, mesage: "no") end
    assert inspect(%Beamtalk.Error{message: "no"}) == ~s(%Beamtalk.Error{class: nil, exception: nil, kind: nil, message: "no"})
    assert_raise Beamtalk.Error, "no", fn -> raise Beamtalk.Error, "no" end
  end
end
