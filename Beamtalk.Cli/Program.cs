Console.Error.WriteLine("beamtalk: not built yet");
