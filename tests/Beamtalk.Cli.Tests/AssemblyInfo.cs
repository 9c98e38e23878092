using System.Runtime.Versioning;
using NUnit.Framework;

[assembly: LevelOfParallelism(3)]
[assembly: UnsupportedOSPlatform("windows")]
