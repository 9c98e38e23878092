using System.Text.Json;
using Beamtalk.Cli.Reporting;

namespace Beamtalk.Cli.Agents;

/// <summary>Agents for programs: an object a line.</summary>
public static class AgentJson
{
    public static string Line(AgentRow row) => JsonLine.Of(json => Write(json, row));

    private static void Write(Utf8JsonWriter json, AgentRow row)
    {
        json.WriteString("pid", row.Pid);
        json.WriteString("class", row.Class);
        json.WriteString("name", row.Name);
        json.WriteString("state", row.State);
        json.WriteNumber("milliseconds", row.Milliseconds);
        json.WriteString("model", row.Model);
        json.WriteNumber("turn", row.Turn);
        json.WriteNumber("round", row.Round);
        json.WriteNumber("waiting", row.Waiting);
        json.WriteNumber("inputTokens", row.InputTokens);
        json.WriteNumber("outputTokens", row.OutputTokens);
        json.WriteNumber("cost", row.Cost);
        json.WriteNumber("memory", row.Memory);
        json.WriteNumber("mailbox", row.Mailbox);
    }
}
