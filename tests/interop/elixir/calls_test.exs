# Classes, values and actors of Beamtalk, as Elixir programs use them.
defmodule CallsTest do
  use ExUnit.Case, async: true

  test "values" do
    five = Beamtalk.new(Money, amount: 5)
    assert %{amount: 5, currency: :eur} = five
    assert Beamtalk.call(five, :amount) == 5
    assert Beamtalk.print(Beamtalk.call(five, :+, [five])) == "10 eur"
    assert %{currency: :usd} = Beamtalk.class_call(Money, "parse:", ["5 usd"])
    assert Beamtalk.call("hello", :size) == 5
  end

  test "actors" do
    counter = Beamtalk.spawn(Counter, value: 5)
    assert Beamtalk.cast(counter, :increment) == :ok
    assert Beamtalk.call(counter, :getValue) == 6
    assert Beamtalk.call(counter, :"add:", [3]) == 9
    assert :"bt.shop.Counter".increment(counter) == 10
    assert GenServer.call(counter, {:getValue, []}) == 10
    assert Beamtalk.stop(counter) == :ok
    refute Process.alive?(counter)
  end

  test "futures" do
    counter = Beamtalk.spawn(Counter)
    future = Beamtalk.send(counter, :"sleep:", [30])
    assert Beamtalk.await(future) == 0
    assert Beamtalk.result(future) == {:ok, 0}
    task = Task.async(fn -> Beamtalk.await(future) end)
    assert Task.await(task) == 0
    slow = Beamtalk.send(counter, :"sleep:", [300])
    assert_raise Beamtalk.Error, ~r/no answer within/, fn -> Beamtalk.await(slow, 10) end
    assert {:error, %Beamtalk.Error{kind: :timeout}} = Beamtalk.result(slow, 0)
  end

  test "blocks as functions" do
    convert = Beamtalk.class_call(Money, "converter:", [2])
    money = for n <- 1..3, do: Beamtalk.new(Money, amount: n)
    assert for(m <- Enum.map(money, convert), do: m.amount) == [2, 4, 6]
    assert Beamtalk.call([1, 2], :"collect:", [fn n -> n * 2 end]) == [2, 4]
    block = Beamtalk.class_call(Lazy, "answer:", [42])
    assert block |> Task.async() |> Task.await() == 42
  end

  test "under a Supervisor" do
    children = [
      {Beamtalk, {Counter, value: 5}},
      Supervisor.child_spec({Beamtalk, Counter}, id: :other),
      {Beamtalk, Shop}
    ]

    sup = start_supervised!(%{id: :sup, start: {Supervisor, :start_link, [children, [strategy: :one_for_one]]}})
    [{_, first, :worker, _}] = for({:"bt.shop.Counter", _, _, _} = child <- Supervisor.which_children(sup), do: child)
    ref = Process.monitor(first)
    assert Beamtalk.call(first, :increment) == 6
    Beamtalk.cast(first, :crash)
    assert_receive {:DOWN, ^ref, :process, ^first, {%{message: "on purpose"}, [_ | _]}}, 5000
    assert %{active: 3, workers: 2, supervisors: 1} = eventually(fn -> Supervisor.count_children(sup) end, & &1.active == 3)
    assert Beamtalk.call(Process.whereis(:till), :getValue) == 0
  end

  test "under a DynamicSupervisor" do
    sup = start_supervised!(DynamicSupervisor)
    {:ok, counter} = DynamicSupervisor.start_child(sup, {Beamtalk, {Counter, value: 5}})
    assert Beamtalk.call(counter, :getValue) == 5
    assert {:error, {%{kind: :user_error}, _}} = DynamicSupervisor.start_child(sup, {Beamtalk, {Broken, []}})
    assert DynamicSupervisor.terminate_child(sup, counter) == :ok
    assert_raise Beamtalk.Error, fn -> Beamtalk.call(counter, :getValue) end
  end

  test "links" do
    Process.flag(:trap_exit, true)
    {:ok, counter} = Beamtalk.start_link(Counter, value: 1)
    Beamtalk.cast(counter, :crash)
    assert_receive {:EXIT, ^counter, {%{kind: :user_error}, _}}, 5000
  end

  test "wrong arguments name the value" do
    assert_raise Beamtalk.Error, ~r/there is no class Countr/, fn -> Beamtalk.spawn(Countr) end
    assert_raise Beamtalk.Error, ~r/expected a class or its name, got 17/, fn -> Beamtalk.spawn(17) end
    assert_raise Beamtalk.Error, ~r/has no field amont.*did you mean amount/, fn -> Beamtalk.new(Money, amont: 1) end
    assert_raise Beamtalk.Error, ~r/list of arguments, got 3/, fn -> Beamtalk.call(1, :+, 3) end
  end

  defp eventually(fun, good?, attempts \\ 100) do
    value = fun.()
    if good?.(value) or attempts == 0, do: value, else: (Process.sleep(10); eventually(fun, good?, attempts - 1))
  end
end

defmodule BehavioursTest do
  use ExUnit.Case, async: true

  test "a class as a GenServer" do
    store = start_supervised!(%{id: :store, start: {GenServer, :start_link, [:"bt.shop.KeyStore", %{}]}})
    assert GenServer.call(store, {:put, :a, 1}) == :ok
    assert GenServer.call(store, {:get, :a}) == 1
  end

  test "a class as a plug" do
    options = :"bt.shop.Shout".init(%{suffix: "?"})
    assert :"bt.shop.Shout".call(%{body: "hello"}, options) == %{body: "HELLO?"}
  end
end
