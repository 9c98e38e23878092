# Runs the tests of this directory; the first argument is the file that gets the numbers of passed and failed tests.
[counts | _] = System.argv()
{:ok, _} = :beamtalk.start()
:ok = :logger.set_primary_config(:level, :critical)
ExUnit.start(autorun: false)

for file <- Enum.sort(Path.wildcard(Path.join(__DIR__, "*_test.exs"))), do: Code.require_file(file)

%{total: total, failures: failures} = ExUnit.run()
File.write!(counts, "#{total - failures} #{failures}\n")
System.halt(min(failures, 1))
