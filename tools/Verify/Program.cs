using SmartCity.Verify;

// What anybody can check without trusting the city's servers.
return args switch
{
    [("fetch" or "code" or "trust-list" or "revocation-list"), ..] => await Gate.RunAsync(args, new HttpClient(), TimeProvider.System, Console.Out),
    ["certificate", .. var rest] => await Certificate.RunAsync(rest, new HttpClient(), Console.Out),
    ["override-log", .. var rest] => await OverrideLog.RunAsync(rest, new HttpClient(), Console.Out),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(Gate.Usage);
    Console.Error.WriteLine(OverrideLog.Usage);
    Console.Error.WriteLine(Certificate.Usage);
    return 2;
}
