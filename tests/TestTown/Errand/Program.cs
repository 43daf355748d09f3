Console.WriteLine($"fetched {args[0]} at {Environment.GetEnvironmentVariable("services__gate__http__0")}");
