using System.Runtime.Versioning;

// The stand-in programs of these tests are shell scripts.
[assembly: UnsupportedOSPlatform("windows")]
