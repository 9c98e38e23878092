# Agents of Beamtalk, as Elixir programs use them: the model's answers are written beforehand.
defmodule AgentsTest do
  use ExUnit.Case, async: true

  setup do
    llm = Beamtalk.class_call(FakeLLM, "script:as:", [["Hello from the model.", "And again."], :elixir_agent])
    %{llm: llm}
  end

  test "an agent from data is asked, and asked again", %{llm: llm} do
    agent = Beamtalk.class_call(Agent, "spawn:", [%{name: "helper", model: :elixir_agent, system: "You help."}])
    future = Beamtalk.send(agent, :"ask:", ["Hi"])
    assert Beamtalk.await(future) == "Hello from the model."
    assert Beamtalk.call(agent, :"ask:", ["And?"]) == "And again."
    assert length(Beamtalk.call(agent, :history)) == 4
    [first | _] = Beamtalk.class_call(FakeLLM, "requestsOf:", [llm])
    assert Beamtalk.call(first, :system) == "You help."
  end

  test "an agent under a Supervisor" do
    {:ok, supervisor} = Supervisor.start_link([{Beamtalk, {Agent, model: :elixir_agent}}], strategy: :one_for_one)
    [{_, agent, _, _}] = Supervisor.which_children(supervisor)
    assert Beamtalk.call(agent, :"ask:", ["Hi"]) == "Hello from the model."
    Supervisor.stop(supervisor)
  end

  test "what goes wrong is a Beamtalk.Error" do
    agent = Beamtalk.spawn(Agent, model: :no_such_model)
    assert {:error, %Beamtalk.Error{kind: :llm_unknown_model}} = Beamtalk.result(Beamtalk.send(agent, :"ask:", ["Hi"]))
  end
end
