using NUnit.Framework;

[assembly: LevelOfParallelism(3)]
